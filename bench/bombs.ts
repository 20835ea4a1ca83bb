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

/** A length as a varint of four bytes. */
const length = (value: number): Buffer =>
  Buffer.from([value | 0x80, (value >>> 7) | 0x80, (value >>> 14) | 0x80, (value >>> 21) & 0x7f]);

const field = (tag: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([tag]), length(content.length), content]);

/** Resource spans, scope spans, and in them spans of two bytes each: well formed, and the most items that bytes can hold. */
const emptySpans = (bytes: number): Buffer => field(0x0a, field(0x12, Buffer.from(repeated('\x12\x00', bytes))));

const blobOf = (content: Buffer | string): SubscriptionEvent => ({
  awslogs: { data: gzipSync(content).toString('base64') },
});

const times = (count: number, line: string): SubscriptionEvent => eventOf(Array.from({ length: count }, () => line));

/** Small events that want to become large, on every layer: within the bounds of what is inflated, and far beyond them. */
export const bombs = (): ReadonlyMap<string, SubscriptionEvent> =>
  new Map([
    ['blob of zeros, 700 MB', blobOf(Buffer.alloc(700 * MB))],
    ['blob of open objects, 31 MB', blobOf(repeated('{"a":', 31 * MB))],
    ['lines of text, 31 MB', times(31, `{"resourceSpans":"${repeated('x', MB - 100)}"}`)],
    ['lines of empty JSON spans, 31 MB', times(31, spansOfNothing(MB - 100))],
    ['payloads of zeros, 256 MB each', times(3, envelope('application/x-protobuf', Buffer.alloc(256 * MB)))],
    ['payloads of zeros, 15 MB each', times(8, envelope('application/x-protobuf', Buffer.alloc(15 * MB)))],
    ['payloads of empty spans', times(4, envelope('application/x-protobuf', emptySpans(15 * MB)))],
    ['payloads of empty JSON spans', times(4, envelope('application/json', spansOfNothing(15 * MB)))],
    ['OTLP/JSON, twice the largest event', eventOf(jsonLines(2_000, 20))],
  ]);
