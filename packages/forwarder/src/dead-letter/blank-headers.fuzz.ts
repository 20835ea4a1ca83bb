import { blankHeaders } from './blank-headers.ts';

/** Lines of every kind to start from. */
export const seeds: readonly Uint8Array[] = [
  '{"__otel_otlp_stdout":"0.17.3","endpoint":"http://c/v1/traces","headers":{"authorization":"Bearer x"},"payload":"H4sI","base64":true}',
  '2026-11-20T18:13:20.123Z\tid\tINFO\t{"__otel_otlp_stdout":"1","headers":{"k":"v"},"payload":""}',
  '{"timestamp":"t","message":"{\\"__otel_otlp_stdout\\":\\"1\\",\\"headers\\":{\\"k\\":\\"v\\"},\\"payload\\":\\"\\"}"}',
  '{"m":"{\\u0022\\u0068eaders\\u0022:{\\u0022k\\u0022:\\u0022v\\u0022}}"}',
  '{"log":"{\\"message\\":\\"{\\\\\\"headers\\\\\\":[\\\\\\"v\\\\\\"]}\\"}"}',
  '{"headers":{"k":"v"},"headers":"","a":[{"Headers":7}]}',
  '{"__otel_otlp_stdout":"1","headers":{"authorization":"Bear',
].map((line) => Buffer.from(line));

const isEmpty = (value: unknown): boolean =>
  value === '' || (typeof value === 'object' && value !== null && Object.values(value).every((held) => held === ''));

const check = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, held] of Object.entries(value)) {
    if (name.toLowerCase() === 'headers' && !isEmpty(held)) throw new Error('a header kept its value');
    check(held);
  }
};

/** An arbitrary line: never a throw, nothing left under a name of headers, and the same again when it is done twice. */
export const fuzz = (bytes: Uint8Array): void => {
  const blanked = blankHeaders(Buffer.from(bytes).toString());
  if (blankHeaders(blanked) !== blanked) throw new Error('the second time it is another');
  let value: unknown;
  try {
    value = JSON.parse(blanked.slice(Math.max(0, blanked.indexOf('{'))));
  } catch {
    return;
  }
  check(value);
};
