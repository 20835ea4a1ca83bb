import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FIXTURES = join(import.meta.dirname, '../../../packages/lambda/fixtures/lambda-events');

const fixture = (name: string): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8')) as Readonly<Record<string, unknown>>;

/** A span of somebody else. */
export interface Remote {
  readonly traceId: string;
  readonly spanId: string;
}

/** A span whose ids consist of one hex digit, `1` to `f`. */
export const remote = (digit: string): Remote => ({ traceId: digit.repeat(32), spanId: digit.repeat(16) });

const traceparent = ({ spanId, traceId }: Remote): string => `00-${traceId}-${spanId}-01`;

/** X-Ray's header for it. */
export const xRay = ({ spanId, traceId }: Remote): string =>
  `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId};Sampled=1`;

/** A request to an HTTP API, with the trace it belongs to. */
export const request = (sender: Remote, more: object = {}): object => {
  const event = fixture('apigw-http/no-auth');
  return { ...event, headers: { ...(event['headers'] as object), traceparent: traceparent(sender) }, ...more };
};

/** Two messages of a queue; one says W3C's, one X-Ray's trace. */
export const messages = (first: Remote, second: Remote): object => {
  const { Records } = fixture('sqs/base') as { readonly Records: readonly object[] };
  const record = { ...Records[0], attributes: {}, messageAttributes: {} };
  const attribute = { stringValue: traceparent(first), dataType: 'String' };
  return {
    Records: [
      { ...record, messageAttributes: { traceparent: attribute } },
      { ...record, attributes: { AWSTraceHeader: xRay(second) } },
    ],
  };
};
