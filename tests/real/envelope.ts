import { gzipSync } from 'node:zlib';

import type { Signal } from './schema.ts';
import { generateRequest } from './telemetry.ts';

/** How an envelope carries its request. */
export interface EnvelopeForm {
  readonly gzip: boolean;
}

/** A line as the stdout exporters write it, around bytes that need not be a request. */
export const envelope = (signal: Signal, bytes: Uint8Array, { gzip }: EnvelopeForm): string =>
  JSON.stringify({
    __otel_otlp_stdout: '0.17.3',
    source: 'checkout',
    endpoint: `http://localhost:4318/v1/${signal}`,
    method: 'POST',
    'content-type': 'application/x-protobuf',
    ...(gzip ? { 'content-encoding': 'gzip' } : {}),
    payload: Buffer.from(gzip ? gzipSync(bytes) : bytes).toString('base64'),
    base64: true,
  });

/** An envelope of generated telemetry. */
export const generatedEnvelope = (
  signal: Signal,
  seed: string,
  items: number,
  form: EnvelopeForm = { gzip: true },
): string => envelope(signal, generateRequest(signal, seed, items), form);
