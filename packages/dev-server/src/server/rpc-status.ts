import type { BodyFormat } from './content.ts';

const varint = (value: number): readonly number[] =>
  value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))];

/**
 * A `google.rpc.Status` body, which OTLP asks for in every 4xx and 5xx answer
 * (https://opentelemetry.io/docs/specs/otlp/#failures-1). The message type is not part of OTLP's own schema: two fields,
 * `code` = 1 and `message` = 2, are written by hand.
 */
export const encodeRpcStatus = (code: number, message: string, format: BodyFormat): Uint8Array => {
  if (format === 'json') return Buffer.from(JSON.stringify({ code, message }));
  const text = Buffer.from(message);
  return Buffer.concat([Buffer.from([0x08, ...varint(code), 0x12, ...varint(text.length)]), text]);
};
