// The same, traced in code.
import { traced } from '@serverless-otlp/lambda';
import * as shop from './shop.mjs';

export const handler = traced(shop.handler);
export const stream = traced.stream(shop.stream);
export const callback = traced(shop.callback);
