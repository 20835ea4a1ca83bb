import { gzipSync } from 'node:zlib';
import { type Signal, SIGNAL_PATHS } from '@serverless-otlp/otlp';
import type { Random } from '../../../scripts/fuzz/random.ts';
import { CANARY } from './canary.ts';
import { jsonOf, protobufOf } from './items.ts';

/** An envelope as exporters write it, with changes. */
export const envelopeOf = (signal: Signal, payload: unknown, over: object = {}): string =>
  JSON.stringify({
    __otel_otlp_stdout: '0.17.3',
    source: 'shop',
    endpoint: `http://localhost:4318${SIGNAL_PATHS[signal]}`,
    method: 'POST',
    'content-type': 'application/x-protobuf',
    'content-encoding': 'gzip',
    payload,
    base64: true,
    ...over,
  });

const packed = (bytes: Uint8Array): string => gzipSync(bytes, { level: 1 }).toString('base64');

const REQUEST_ID = '8286a188-ba32-4475-8077-530cd35c09a9';

type Dialect = (signal: Signal, ids: readonly number[]) => string;

/** What the function writes into headers of its own is its word, and must come out nowhere. */
const SECRET_HEADERS = { headers: { authorization: `Bearer ${CANARY.envelope}`, 'x-api-key': CANARY.envelope } };
const INJECTION = { headers: { 'tenant-id': 'a\r\nx-injected: 1', 'x-injected\r\ny': '1', host: 'evil.test' } };

const usual: Dialect = (signal, ids) => envelopeOf(signal, packed(protobufOf(signal, ids)));

/** Everything one line of telemetry may look like. */
const DIALECTS: readonly Dialect[] = [
  usual,
  usual,
  usual,
  usual,
  (signal, ids) => envelopeOf(signal, packed(protobufOf(signal, ids)), SECRET_HEADERS),
  (signal, ids) => envelopeOf(signal, packed(protobufOf(signal, ids)), INJECTION),
  (signal, ids) => envelopeOf(signal, packed(protobufOf(signal, ids)), { headers: { 'tenant-id': 'acme' } }),
  (signal, ids) =>
    envelopeOf(signal, packed(protobufOf(signal, ids)), {
      endpoint: `http://169.254.169.254/latest${SIGNAL_PATHS[signal]}`,
    }),
  (signal, ids) => `${envelopeOf(signal, packed(protobufOf(signal, ids))).slice(0, -1)},"__proto__":{"polluted":1}}`,
  (signal, ids) => envelopeOf(signal, packed(Buffer.from(jsonOf(signal, ids))), { 'content-type': 'application/json' }),
  (signal, ids) => jsonOf(signal, ids),
  (signal, ids) => `2026-01-01T00:00:00.000Z\t${REQUEST_ID}\tINFO\t${usual(signal, ids)}`,
  (signal, ids) =>
    JSON.stringify({ timestamp: '2026-01-01T00:00:00.000Z', level: 'INFO', message: usual(signal, ids) }),
  (signal, ids) =>
    `{"timestamp":"2026-01-01T00:00:00.000Z","level":"INFO","requestId":"${REQUEST_ID}","message":${usual(signal, ids)}}`,
];

/** A line of telemetry with these items, in a dialect of chance. */
export const telemetryLine = (random: Random, signal: Signal, ids: readonly number[]): string =>
  (DIALECTS[random.below(DIALECTS.length)] ?? usual)(signal, ids);
