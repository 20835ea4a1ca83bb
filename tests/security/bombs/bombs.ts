import { gzipSync } from 'node:zlib';
import { envelopeOf, eventOf } from '../telemetry.ts';

type Event = ReturnType<typeof eventOf>;

const MIB = 1024 * 1024;

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) return Buffer.from(bytes);
  }
};
const field = (number: number, content: Uint8Array): Buffer =>
  Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
const within = (content: Uint8Array, ...numbers: readonly number[]): Buffer =>
  Buffer.from(numbers.reduceRight((inner, number) => field(number, inner), content));
const repeated = (count: number, ...bytes: readonly number[]): Buffer =>
  Buffer.alloc(count * bytes.length, Buffer.from(bytes));

const blob = (content: Uint8Array | string): Event => ({
  awslogs: { data: gzipSync(content, { level: 9 }).toString('base64') },
});
const spans = (content: Uint8Array, ...before: readonly Uint8Array[]): Buffer =>
  field(1, Buffer.concat([...before, field(2, content)]));
/** In a log record's body, as text. */
const text = (bytes: Uint8Array): Buffer => within(bytes, 1, 2, 2, 5, 1);
/** In the positive buckets of a data point. */
const buckets = (bytes: Uint8Array): Buffer => within(bytes, 1, 2, 2, 10, 1, 8);
const json = (content: string): string =>
  envelopeOf('traces', Buffer.from(content), { 'content-type': 'application/json' });
const times = (count: number, one: string): readonly string[] => Array.from({ length: count }, () => one);

const HONEST = '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}';

/** Small events that want to become large: within the bounds of what is inflated, and far beyond them. */
export const BOMBS: Readonly<Record<string, () => Event>> = {
  'a blob of zeros': () => blob(Buffer.alloc(100 * MIB)),
  'a blob of open objects': () => blob('{"a":'.repeat(3 * MIB)),
  'a payload of zeros': () => eventOf(times(3, envelopeOf('traces', Buffer.alloc(64 * MIB)))),
  'gzip in gzip': () => eventOf([envelopeOf('traces', gzipSync(gzipSync(Buffer.alloc(64 * MIB))))]),
  'JSON of empty spans': () =>
    eventOf([json(`{"resourceSpans":[{"scopeSpans":[{"spans":[${'{},'.repeat(4 * MIB)}{}]}]}]}`)]),
  'JSON without an end': () => eventOf([json('{"resourceSpans":'.repeat(100_000)), json('['.repeat(4 * MIB))]),
  'a thousand lists in lists': () => eventOf([`{"resourceSpans":${'['.repeat(400_000)}`, '['.repeat(MIB - 1)]),
  'spans of two bytes': () => eventOf(times(8, envelopeOf('traces', spans(repeated(990_000, 0x12, 0))))),
  'spans of two bytes below a resource that cannot be repeated': () =>
    eventOf([envelopeOf('traces', spans(repeated(340_000, 0x12, 0), within(Buffer.alloc(70_000, 97), 1, 1, 1)))]),
  'resources of two bytes': () => eventOf([envelopeOf('traces', repeated(200_000, 0x0a, 0))]),
  'fields of a newer schema between others': () =>
    eventOf([envelopeOf('logs', within(repeated(3_000_000, 0xf8, 1, 0, 0x38, 1), 1, 2, 2))]),
  'numbers of one byte': () => eventOf([envelopeOf('metrics', buckets(field(2, repeated(15_000_000, 1))))]),
  'a number per byte, as many as there may be': () =>
    eventOf([envelopeOf('metrics', buckets(field(2, repeated(3_900_000, 1))))]),
  'a giant attribute': () => eventOf([envelopeOf('logs', text(Buffer.alloc(15 * MIB, 97)))]),
  'a giant attribute that JSON writes six times as long': () =>
    eventOf([envelopeOf('logs', text(Buffer.alloc(15 * MIB, 1)))]),
  'lines in one event': () => eventOf(times(4, `${HONEST}\n${'a\n'.repeat(500_000)}`)),
  'lines in one event, none of which can be read': () =>
    eventOf(times(3, `${HONEST}\n${'{"_otel":1}\n'.repeat(85_000)}`)),
  'ten thousand lines that cannot be read': () =>
    eventOf(Array.from({ length: 10_000 }, (_, index) => `{"_otel":${index}}`)),
};
