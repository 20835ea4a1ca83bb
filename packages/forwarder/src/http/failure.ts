import type { HttpAnswer } from './transport.ts';

/** No connection, or one that closed without an answer (C9, C10); everything else at this level is configuration. */
const RETRYABLE_CODES: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
]);

/** What an error of Node's means: try again, or look at the configuration. */
export const failureOf = (error: Error): HttpAnswer => {
  // Happy Eyeballs wraps one error per address.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const { code = error.name, message }: NodeJS.ErrnoException = first instanceof Error ? first : error;
  return { failure: RETRYABLE_CODES.has(code) ? 'retryable' : 'permanent', message: `${code} (${message})` };
};
