import { createHash } from 'node:crypto';
import {
  gunzipBounded,
  type Inflate,
  loadCompact,
  mergeRequests,
  otlpRequest,
  type OtlpRequest,
  parseOtlpJson,
  readEnvelope,
  requestFromJson,
  type Signal,
  SIGNALS,
  writeEnvelope,
} from '@serverless-otlp/otlp';
import { itemIds, sampleBytes } from '@serverless-otlp/testing';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Settings } from '../config/settings.ts';
import type { LineFormat } from '../options.ts';
import { VERSION } from '../version.ts';
import { linesOf } from './lines-of.ts';

beforeAll(loadCompact);

const settings: Settings = {
  format: 'compatible',
  gzipLevel: 6,
  level: undefined,
  pipePath: undefined,
  maxLineBytes: 60_000,
  maxWaitMs: 1000,
  source: 'cart "1" ☃',
  headers: undefined,
};
const FORMATS: readonly LineFormat[] = ['compatible', 'compact', 'otlp_json'];
const CASES = FORMATS.flatMap((format) => SIGNALS.map((signal) => ({ format, signal })));

/** What the forwarder makes of a line. */
const read = (line: string): OtlpRequest => {
  const value = parseOtlpJson(line) as Readonly<Record<string, unknown>>;
  if (!('__otel_otlp_stdout' in value)) return requestFromJson(value);
  return readEnvelope(value, line, (packed, inflate: Inflate = gunzipBounded) => inflate(packed, 64e6)).request;
};

const idsOf = (request: OtlpRequest) => itemIds(request.signal, request.bytes);
const first = (signal: Signal, bytes: Uint8Array, over: Partial<Settings> = {}): string =>
  linesOf(signal, bytes, { ...settings, ...over }).lines[0] ?? '';

describe.each(CASES)('$format lines of $signal', ({ format, signal }) => {
  const bytes = sampleBytes(signal, { items: 30, seed: 5 });

  it('hold the request, whatever the level', () => {
    for (const gzipLevel of [0, 1, 6, 9]) {
      const request = read(first(signal, bytes, { format, gzipLevel, maxLineBytes: 1_000_000 }));
      expect(request.signal).toBe(signal);
      expect(idsOf(request)).toEqual(idsOf(otlpRequest(signal, bytes)));
      if (format !== 'otlp_json') expect(Buffer.compare(request.bytes, bytes)).toBe(0);
    }
  });

  it('E4: hold the same with the count of dropped lines behind them', () => {
    const line = first(signal, bytes, { format, maxLineBytes: 1_000_000 });
    expect(idsOf(read(`${line.slice(0, -1)},"dropped":7}`))).toEqual(idsOf(otlpRequest(signal, bytes)));
  });

  it('E3: are split at item boundaries when they would be too long, and lose nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 8000 }), fc.integer({ min: 1, max: 60 }), (maxLineBytes, items) => {
        const whole = sampleBytes(signal, { items, seed: items });
        const { lines, refused } = linesOf(signal, whole, { ...settings, format, maxLineBytes });
        expect(refused).toEqual([]);
        const parts = lines.map(read);
        for (const [index, part] of parts.entries()) {
          if (part.items > 1) expect(Buffer.byteLength(lines[index] ?? '')).toBeLessThanOrEqual(maxLineBytes);
        }
        expect(idsOf(mergeRequests(parts))).toEqual(idsOf(otlpRequest(signal, whole)));
      }),
      { numRuns: 12 },
    );
  });
});

const spanOf = (value: string) => ({
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  name: 'secret name',
  attributes: [{ key: 'k', value: { stringValue: value } }],
});
const traceOf = (...values: readonly string[]): Uint8Array =>
  requestFromJson({ resourceSpans: [{ scopeSpans: [{ spans: values.map(spanOf) }] }] }).bytes;
/** Text that hardly compresses. */
const noise = (bytes: number): string =>
  createHash('shake256', { outputLength: (bytes * 3) / 4 })
    .update('noise')
    .digest('base64');

describe('E3: the limits of a line', () => {
  it.each(FORMATS)('an item that alone is longer than the default gets a line of its own (%s)', (format) => {
    const { lines, refused } = linesOf('traces', traceOf('a', noise(200_000), 'b'), { ...settings, format });
    expect(refused).toEqual([]);
    expect(lines.map((line) => read(line).items)).toEqual([1, 1, 1]);
  });

  it.each(FORMATS)(
    'an item beyond the hard limit is refused by name, and its neighbours are written (%s)',
    (format) => {
      const { lines, refused } = linesOf('traces', traceOf('a', noise(1_300_000), 'b'), { ...settings, format });
      expect(lines.map((line) => read(line).items)).toEqual([1, 1]);
      expect(refused).toHaveLength(1);
      expect(refused[0]).toMatch(
        /^span eee19b7ec3c1b174 of trace 5b8efff798038103d269b633813fc60c takes a line of \d+ bytes/,
      );
      expect(refused[0]).not.toContain('secret');
    },
  );

  it('leaves room for the count of dropped lines', () => {
    for (const line of linesOf('logs', sampleBytes('logs', { items: 500 }), { ...settings, maxLineBytes: 5000 }).lines)
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(5000 - ',"dropped":99999999999'.length);
  });
});

describe('a compatible line', () => {
  const bytes = sampleBytes('traces', { items: 2 });

  it.each([{}, { level: 'INFO' as const }, { level: 'WARN' as const, headers: { 'tenant-id': 't "1"' } }])(
    'E1: has eight fields in their order, and behind them only what is set: %j',
    (over) => {
      const line = first('traces', bytes, over);
      const expected = writeEnvelope(otlpRequest('traces', bytes), {
        source: settings.source,
        version: VERSION,
        ...over,
      });
      const withoutPayload = (text: string) => text.replace(/"payload":"[^"]*"/, '');
      expect(withoutPayload(line)).toBe(withoutPayload(expected));
      expect(line.startsWith(`{"__otel_otlp_stdout":"${VERSION}","source":`)).toBe(true);
    },
  );

  it.each(SIGNALS)('E2: names %s by the path of its endpoint', (signal) => {
    const { endpoint } = JSON.parse(first(signal, sampleBytes(signal, { items: 1 }))) as { readonly endpoint: string };
    expect(endpoint).toBe(`http://localhost:4318/v1/${signal}`);
  });
});

describe('a compact line', () => {
  it('says nothing that is the default', () => {
    const line = first('traces', sampleBytes('traces', { items: 1 }), { format: 'compact' });
    expect(Object.keys(JSON.parse(line) as object)).toEqual(['__otel_otlp_stdout', 'source', 'payload']);
  });

  it('of one span measures less than 60 % of a compatible one', () => {
    const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
    const { bytes } = requestFromJson({
      resourceSpans: [
        {
          resource: {
            attributes: [
              attribute('service.name', 'checkout'),
              attribute('telemetry.sdk.language', 'nodejs'),
              attribute('telemetry.sdk.name', 'opentelemetry'),
              attribute('cloud.provider', 'aws'),
            ],
          },
          scopeSpans: [{ scope: { name: 'checkout' }, spans: [spanOf('value')] }],
        },
      ],
    });
    expect(first('traces', bytes, { format: 'compact' }).length).toBeLessThan(0.6 * first('traces', bytes).length);
  });
});
