import { gzipSync } from 'node:zlib';
import { eventOf, jsonLines, type SubscriptionEvent } from './shape.ts';

const MB = 1024 * 1024;

const envelope = (contentType: string, request: Buffer | string): string =>
  JSON.stringify({
    __otel_otlp_stdout: '0.1.0',
    source: 'bomb',
    endpoint: 'http://localhost:4318/v1/traces',
    method: 'POST',
    'content-type': contentType,
    'content-encoding': 'gzip',
    payload: gzipSync(request, { level: 9 }).toString('base64'),
    base64: true,
  });

const repeated = (piece: string, bytes: number): string => piece.repeat(Math.floor(bytes / piece.length));

const spansOfNothing = (bytes: number): string =>
  `{"resourceSpans":[{"scopeSpans":[{"spans":[${repeated('{},', bytes)}{}]}]}]}`;

/** A gzip member that says nothing, at about 1000 to 1. */
const zeros = (bytes: number): Buffer => Buffer.alloc(bytes);

/** Small events that want to become large: one on each layer, just within the bounds and far beyond them. */
export const bombs = (): ReadonlyMap<string, SubscriptionEvent> => {
  const within = envelope('application/x-protobuf', zeros(15 * MB));
  const beyond = envelope('application/x-protobuf', zeros(256 * MB));
  // Sixteen million spans of two bytes each: well formed, and the most items that bytes can hold.
  const items = Buffer.from(repeated('\x12\x00', 15 * MB));
  const length = (value: number): Buffer =>
    Buffer.from([(value & 0x7f) | 0x80, ((value >>> 7) & 0x7f) | 0x80, ((value >>> 14) & 0x7f) | 0x80, value >>> 21]);
  const scope = Buffer.concat([Buffer.from([0x12]), length(items.length), items]);
  const emptySpans = Buffer.concat([Buffer.from([0x0a]), length(scope.length), scope]);
  return new Map([
    ['blob', { awslogs: { data: gzipSync(zeros(700 * MB)).toString('base64') } }],
    ['blob within its bound', eventOf([`{"resourceSpans":"${repeated('x', 31 * MB)}"}`])],
    [
      'blob of brackets',
      { awslogs: { data: gzipSync(repeated('[]', 0) + repeated('{"a":', 31 * MB)).toString('base64') } },
    ],
    ['payload within its bound', eventOf(Array.from({ length: 8 }, () => within))],
    ['payload', eventOf(Array.from({ length: 3 }, () => beyond))],
    ['empty spans', eventOf(Array.from({ length: 4 }, () => envelope('application/x-protobuf', emptySpans)))],
    [
      'JSON payload of nothing',
      eventOf(Array.from({ length: 4 }, () => envelope('application/json', spansOfNothing(15 * MB)))),
    ],
    ['JSON lines of nothing', eventOf(Array.from({ length: 31 }, () => spansOfNothing(MB - 100)))],
    ['JSON lines', eventOf(jsonLines(2_000, 20))],
  ]);
};
