import { gzipSync } from 'node:zlib';
import type { Signal } from '@serverless-otlp/otlp';
import { CANARY } from './canary.ts';
import { jsonOf, protobufOf } from './items.ts';
import { envelopeOf } from './lines.ts';

/** A line that is not what it claims to be, or nothing at all. */
export interface HostileLine {
  readonly name: string;
  readonly verdict: 'ignored' | 'quarantined';
  /** Different for every number. Whatever ids are in it are not read: nobody owes them. */
  readonly text: (number: number) => string;
}

const ID = [0];
const bytesOf = (signal: Signal): Buffer => protobufOf(signal, ID);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Bombs are made once: they are the same for everybody. */
const BOMB = gzipSync(Buffer.alloc(64 << 20), { level: 9 });

const corrupt = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes);
  copy.writeUInt32LE((copy.readUInt32LE(copy.length - 8) ^ 1) >>> 0, copy.length - 8);
  return copy;
};

/** LogRecord.body holding a list in a list, so many levels deep. */
const nested = (levels: number): string =>
  `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${'{"arrayValue":{"values":['.repeat(levels)}{"intValue":"1"}${']}}'.repeat(levels)}}]}]}]}`;

/** A request with a byte in a text that no UTF-8 has. */
const invalidUtf8 = (): Buffer => {
  const bytes = Buffer.from(bytesOf('traces'));
  bytes[bytes.indexOf('service-')] = 0xff;
  return bytes;
};

/** Two of these in one event are what the invocation may inflate in all (D17), and then the rest of it is set aside as well. */
export const BOMB_LINE = 'bomb in a payload';

const quarantined = (name: string, text: (number: number) => string): HostileLine => ({
  name,
  verdict: 'quarantined',
  text,
});
const ignored = (name: string, text: (number: number) => string): HostileLine => ({ name, verdict: 'ignored', text });

/** `source` makes each line unique, and so its hash. */
const unique = (number: number): object => ({ source: `hostile-${number}` });

/** What stands between the lines of telemetry, or claims to be some. */
export const HOSTILE_LINES: readonly HostileLine[] = [
  quarantined('corrupt gzip', (n) => envelopeOf('traces', base64(corrupt(gzipSync(bytesOf('traces')))), unique(n))),
  quarantined('gzip that ends too soon', (n) =>
    envelopeOf('logs', base64(gzipSync(bytesOf('logs')).subarray(0, -5)), unique(n)),
  ),
  quarantined(BOMB_LINE, (n) => envelopeOf('traces', base64(BOMB), unique(n))),
  quarantined('no base64', (n) => envelopeOf('metrics', 'H4sI****', unique(n))),
  quarantined('protobuf cut in the middle', (n) =>
    envelopeOf('traces', base64(gzipSync(bytesOf('traces').subarray(0, -3))), unique(n)),
  ),
  quarantined('invalid UTF-8', (n) => envelopeOf('traces', base64(gzipSync(invalidUtf8())), unique(n))),
  quarantined('64 levels', (n) =>
    envelopeOf('logs', base64(gzipSync(nested(64))), { 'content-type': 'application/json', ...unique(n) }),
  ),
  quarantined('an endpoint of no signal', (n) =>
    envelopeOf('traces', base64(gzipSync(bytesOf('traces'))), {
      endpoint: 'http://evil.test/admin/v1/traces/../../x',
      ...unique(n),
    }),
  ),
  quarantined('first piece of a split line, with headers', (n) =>
    envelopeOf('traces', base64(gzipSync(bytesOf('traces'))), {
      ...unique(n),
      headers: { 'x-api-key': CANARY.envelope },
    }).slice(0, -12),
  ),
  quarantined('no base64, with headers', (n) =>
    envelopeOf('logs', '####', { ...unique(n), headers: { authorization: CANARY.envelope } }),
  ),
  quarantined('OTLP/JSON cut in the middle', (n) => `${jsonOf('logs', ID).slice(0, -40)}${n}`),
  ignored('plain text', (n) => `START RequestId: ${n} Version: $LATEST`),
  ignored('JSON of somebody else', (n) => JSON.stringify({ level: 'INFO', message: `order ${n} taken` })),
  ignored('empty', () => ''),
  ignored('control characters', (n) => `\u0000\u001b[31m${n}\u2028`),
  ignored('deep JSON', () => '['.repeat(500) + ']'.repeat(500)),
];
