import type { Attributes } from '@opentelemetry/api';
import type { LambdaContext } from '../../lambda-context.ts';
import { textAt } from './read.ts';

/** Attributes without those that have no value. */
export const attributesOf = (values: Readonly<Record<string, Attributes[string]>>): Attributes => {
  const attributes: Attributes = {};
  for (const name in values) if (values[name] !== undefined) attributes[name] = values[name];
  return attributes;
};

/** The name of the function: from the context, or the seventh part of the ARN it was invoked by. */
export const functionNameOf = (context: LambdaContext): string =>
  textAt(context, 'functionName') ?? textAt(context, 'invokedFunctionArn')?.split(':')[6] ?? 'lambda';

/** What an ARN names: everything after the account, such as `my-queue` or `stream/orders`; `undefined` for what is none. */
export const resourceOf = (arn: string | undefined): string | undefined => {
  const parts = arn?.split(':') ?? [];
  const resource = parts.slice(5).join(':');
  return parts[0] === 'arn' && resource !== '' ? resource : undefined;
};
