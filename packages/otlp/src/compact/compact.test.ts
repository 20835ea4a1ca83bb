import { deflateSync } from 'node:zlib';
import { sampleBytes } from '@serverless-otlp/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEnvelope } from '../envelope.ts';
import { gunzipBounded } from '../gzip.ts';
import { InvalidOtlpError } from '../invalid-otlp-error.ts';
import { type Signal, SIGNALS } from '../signal.ts';
import { compactDeflate } from './deflate.ts';
import { compactDictionary, DICTIONARY_ID } from './dictionary.ts';
import { inflateCompact } from './inflate.ts';
import { compactLoading, type Inflate, loadCompact } from './load.ts';

const MIB = 1024 * 1024;
const bytes = sampleBytes('traces', { items: 2 });

const reasonOf = (run: () => unknown): string => {
  try {
    run();
    return 'read';
  } catch (error) {
    if (error instanceof InvalidOtlpError) return error.reason;
    throw error;
  }
};

const read = (value: Readonly<Record<string, unknown>>, maxBytes = MIB) =>
  readEnvelope(value, JSON.stringify(value), (packed, inflate: Inflate = gunzipBounded) => inflate(packed, maxBytes));

const line = (signal: Signal, fields: object = {}) => ({
  __otel_otlp_stdout: '0.1.0',
  source: 'cart',
  ...(signal === 'traces' ? {} : { endpoint: `/v1/${signal}` }),
  payload: compactDeflate(sampleBytes(signal, { items: 2 }), 6).toString('base64'),
  ...fields,
});

describe('the compact dictionary', () => {
  it('never changes: lines that were written with it are in logs', () => {
    expect(compactDeflate(bytes, 6).readUInt32BE(2)).toBe(DICTIONARY_ID);
    expect(DICTIONARY_ID).toBe(0xb55d3fb2);
  });

  it('says nothing twice at length, and nothing that takes two bytes a character', () => {
    const text = compactDictionary().toString('latin1');
    expect(text.length).toBeLessThan(8192);
    expect(text).toContain('\n\u0012telemetry.sdk.name\u0012\u000f\n\ropentelemetry');
  });
});

describe('compact payloads', () => {
  it.each([0, 1, 6, 9])('come back whole at level %d, however large', (level) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100_000, size: 'max' }), (plain) => {
        expect(Buffer.compare(inflateCompact(compactDeflate(plain, level), MIB), plain)).toBe(0);
      }),
      { numRuns: 15 },
    );
  });

  const packed = compactDeflate(bytes, 6);
  const flipped = Uint8Array.from(packed);
  flipped[flipped.length - 1] = (flipped[flipped.length - 1] ?? 0) ^ 1;
  it.each([
    ['nothing', new Uint8Array(), 'unsupported'],
    ['plain protobuf', bytes, 'unsupported'],
    ['zlib without a dictionary', deflateSync(bytes), 'unsupported'],
    ['zlib with another dictionary', deflateSync(bytes, { dictionary: Buffer.from('other') }), 'unsupported'],
    ['a stream that was cut', packed.subarray(0, -1), 'gzip'],
    ['a header alone', packed.subarray(0, 6), 'gzip'],
    ['a wrong checksum', flipped, 'gzip'],
    ['a stream with something behind it', Buffer.concat([packed, Buffer.from('x')]), 'gzip'],
    ['a bomb', compactDeflate(new Uint8Array(2 * MIB), 9), 'too_large'],
  ])('refuses %s', (_, given, reason) => {
    expect(reasonOf(() => inflateCompact(given, MIB))).toBe(reason);
  });
});

describe('a compact line', () => {
  it('asks for its dictionary first, and can be read when that is there', async () => {
    expect(compactLoading()).toBeUndefined();
    expect(reasonOf(() => read(line('traces')))).toBe('unsupported');
    await compactLoading();
    expect(compactLoading()).toBeUndefined();
    expect(Buffer.compare(read(line('traces')).request.bytes, bytes)).toBe(0);
  });

  it.each(SIGNALS)('of %s says only what is not the default', async (signal) => {
    await loadCompact();
    const envelope = read(line(signal, { headers: { 'Tenant-Id': 't' } }));
    expect(envelope).toMatchObject({ version: '0.1.0', source: 'cart', headers: new Map([['tenant-id', 't']]) });
    expect(envelope.request).toMatchObject({ signal, items: 2 });
  });

  it('may name its signal at length', async () => {
    await loadCompact();
    expect(read(line('logs', { endpoint: 'http://localhost:4318/v1/logs' })).request.signal).toBe('logs');
  });

  it.each([
    ['an endpoint of nothing', line('traces', { endpoint: '/v1/profiles' }), 'envelope'],
    ['an endpoint without its scheme', line('traces', { endpoint: '/base/v1/traces' }), 'envelope'],
    ['a payload that is no base64', line('traces', { payload: 'e*' }), 'base64'],
    [
      'a payload that is not compact',
      line('traces', { payload: Buffer.from(bytes).toString('base64') }),
      'unsupported',
    ],
    ['an encoding, which compact never names', line('traces', { 'content-encoding': 'gzip' }), 'envelope'],
    ['the payload of another signal', line('traces', { endpoint: '/v1/metrics' }), 'utf8'],
  ])('with %s is refused', async (_, value, reason) => {
    await loadCompact();
    expect(reasonOf(() => read(value))).toBe(reason);
  });
});
