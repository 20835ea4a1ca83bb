import { gzipSync } from 'node:zlib';
import { itemIds, protobufjsOracle, sampleBytes, sampleRequest } from '@serverless-otlp/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Envelope, isEnvelope, readEnvelope, writeEnvelope } from './envelope.ts';
import { gunzipBounded } from './gzip.ts';
import { InvalidOtlpError } from './invalid-otlp-error.ts';
import { otlpRequest } from './request.ts';
import { SIGNALS, SIGNAL_PATHS } from './signal.ts';

const MIB = 1024 * 1024;
const bytes = sampleBytes('traces', { items: 2 });
const base64 = Buffer.from(bytes).toString('base64');

const CURRENT = {
  __otel_otlp_stdout: '0.17.3',
  source: 'cart',
  endpoint: 'http://localhost:4318/v1/traces',
  method: 'POST',
  'content-type': 'application/x-protobuf',
  'content-encoding': 'gzip',
  payload: gzipSync(bytes).toString('base64'),
  base64: true,
};

const read = (value: Readonly<Record<string, unknown>>, maxBytes = MIB): Envelope =>
  readEnvelope(value, JSON.stringify(value), (packed) => gunzipBounded(packed, maxBytes));

const reasonOf = (value: Readonly<Record<string, unknown>>, maxBytes = MIB): string => {
  try {
    read(value, maxBytes);
    return 'read';
  } catch (error) {
    if (error instanceof InvalidOtlpError) return error.reason;
    throw error;
  }
};

describe.each(SIGNALS)('a written envelope of %s', (signal) => {
  const request = otlpRequest(signal, sampleBytes(signal, { items: 3 }));
  const line = writeEnvelope(request, { source: 'cart', version: '0.1.0' });

  it('E1: begins with the marker, has its eight fields in order, no white space and no line feed', () => {
    expect(line.startsWith('{"__otel_otlp_stdout":"0.1.0","source":"cart",')).toBe(true);
    expect(Object.keys(JSON.parse(line) as object)).toEqual([
      '__otel_otlp_stdout',
      'source',
      'endpoint',
      'method',
      'content-type',
      'content-encoding',
      'payload',
      'base64',
    ]);
    expect(line).not.toMatch(/\s/);
  });

  it('E2: tells the signal by the path of its endpoint', () => {
    expect(JSON.parse(line)).toMatchObject({
      endpoint: `http://localhost:4318${SIGNAL_PATHS[signal]}`,
      method: 'POST',
    });
  });

  it('reads back as what was written', () => {
    const envelope = read(JSON.parse(line) as Record<string, unknown>);
    expect(envelope).toMatchObject({ version: '0.1.0', source: 'cart' });
    expect(envelope.request.signal).toBe(signal);
    expect(Buffer.from(envelope.request.bytes)).toEqual(Buffer.from(request.bytes));
    expect(envelope.request.items).toBe(3);
  });
});

it('E1: headers and level follow, and only when set', () => {
  const options = { source: 's', version: '1', level: 'WARN', headers: { 'tenant-id': 't' }, gzipLevel: 1 };
  const keys = Object.keys(JSON.parse(writeEnvelope(otlpRequest('logs', new Uint8Array()), options)) as object);
  expect(keys.slice(8)).toEqual(['headers', 'level']);
  const bare = writeEnvelope(otlpRequest('logs', new Uint8Array()), { ...options, headers: {} });
  expect(JSON.parse(bare)).not.toHaveProperty('headers');
});

describe('dialects', () => {
  const { payload: _payload, 'content-encoding': _encoding, base64: _base64, ...rest } = CURRENT;
  const message = sampleRequest('traces', { items: 2 });
  const json = JSON.stringify(message);
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['current', CURRENT],
    ['current, with unknown fields', { ...CURRENT, region: 'eu', level: 'INFO', headers: { a: 'b' } }],
    ['package@version marker', { ...CURRENT, __otel_otlp_stdout: '@dev7a/otlp-stdout-exporter@0.1.0' }],
    ['base64 absent', { ...rest, 'content-encoding': 'gzip', payload: CURRENT.payload }],
    ['no encoding at all', { ...rest, payload: base64 }],
    [
      'snake_case keys',
      {
        __otel_otlp_stdout: '1',
        endpoint: CURRENT.endpoint,
        content_type: 'application/x-protobuf',
        content_encoding: 'gzip',
        payload: CURRENT.payload,
        base64: true,
      },
    ],
    ['a JSON object as payload', { ...rest, 'content-type': 'application/json', payload: message }],
    ['a JSON object without content type', { _otel: '1', endpoint: CURRENT.endpoint, payload: message }],
    [
      'JSON text as payload',
      { ...rest, 'content-type': 'application/json; charset=utf-8', payload: json, base64: false },
    ],
    [
      'JSON in base64',
      { ...rest, 'content-type': 'application/json', payload: Buffer.from(json).toString('base64'), base64: true },
    ],
    [
      'JSON in base64 without saying so',
      { ...rest, 'content-type': 'application/json', payload: Buffer.from(json).toString('base64') },
    ],
    [
      'gzipped JSON',
      {
        ...rest,
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        payload: gzipSync(json).toString('base64'),
        base64: true,
      },
    ],
    [
      'September 2024',
      {
        _otel: '0.1.0',
        'content-type': 'application/x-protobuf',
        endpoint: CURRENT.endpoint,
        method: 'POST',
        payload: CURRENT.payload,
        headers: {},
        'content-encoding': 'gzip',
        base64: true,
      },
    ],
    ['a base path in the endpoint', { ...CURRENT, endpoint: 'https://otlp.example:443/tenants/7/v1/traces' }],
    ['encoding none', { ...rest, 'content-encoding': 'none', payload: base64, base64: true }],
  ])('reads %s', (_name, value) => {
    expect(isEnvelope(value)).toBe(true);
    const { request } = read(value);
    expect(request.signal).toBe('traces');
    expect(itemIds('traces', request.bytes)).toEqual(itemIds('traces', bytes));
    expect(protobufjsOracle.decode('traces', request.bytes)).toEqual(message);
  });

  it('J5: keeps 64-bit integers of a JSON object payload whole', () => {
    const text = `{"_otel":"1","endpoint":"http://x/v1/logs","payload":{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":1755800000123456789}]}]}]}}`;
    for (const [value, line] of [
      [JSON.parse(text), text],
      [JSON.parse(text), `{"level":"INFO","message":${text}}`],
    ] as const) {
      const { request } = readEnvelope(value as Record<string, unknown>, line, (packed) => packed);
      expect(JSON.stringify(request.message)).toContain('"timeUnixNano":"1755800000123456789"');
    }
  });

  it('keeps string headers by lower-case name, and no others', () => {
    const { headers } = read({ ...CURRENT, headers: { 'Tenant-Id': 't', n: 1, o: {} } });
    expect([...headers]).toEqual([['tenant-id', 't']]);
    expect(read({ ...CURRENT, headers: 'x' }).headers.size).toBe(0);
    const hostile = JSON.parse('{"__proto__":"p","constructor":"c"}') as Record<string, unknown>;
    expect([...read({ ...CURRENT, headers: hostile }).headers.keys()]).toEqual(['__proto__', 'constructor']);
  });
});

describe('what nobody defined is refused, not guessed', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['a marker that is no string', { ...CURRENT, __otel_otlp_stdout: 1 }, 'envelope'],
    ['no endpoint', { ...CURRENT, endpoint: undefined }, 'envelope'],
    ['an endpoint that is no string', { ...CURRENT, endpoint: ['/v1/traces'] }, 'envelope'],
    ['no payload', { ...CURRENT, payload: undefined }, 'envelope'],
    ['a payload that is a number', { ...CURRENT, payload: 7 }, 'envelope'],
    ['an object payload that claims to be gzip', { ...CURRENT, payload: {} }, 'envelope'],
    ['an object payload that claims to be protobuf', { ...CURRENT, 'content-encoding': '', payload: {} }, 'envelope'],
    ['binary without base64', { ...CURRENT, base64: false }, 'envelope'],
    ['base64 that is no boolean', { ...CURRENT, base64: 'true' }, 'envelope'],
    ['no content type', { ...CURRENT, 'content-type': undefined }, 'unsupported'],
    ['an unknown content type', { ...CURRENT, 'content-type': 'text/plain' }, 'unsupported'],
    ['an unknown encoding', { ...CURRENT, 'content-encoding': 'br' }, 'unsupported'],
    ['bad base64', { ...CURRENT, payload: '@@@@' }, 'base64'],
    ['bad gzip', { ...CURRENT, payload: base64 }, 'gzip'],
    ['bad protobuf', { ...CURRENT, payload: gzipSync('not protobuf').toString('base64') }, 'protobuf'],
    ['bad JSON', { ...CURRENT, 'content-type': 'application/json', payload: gzipSync('{').toString('base64') }, 'json'],
    [
      'JSON that is not UTF-8',
      {
        ...CURRENT,
        'content-type': 'application/json',
        payload: gzipSync(Buffer.from([0x7b, 0xff])).toString('base64'),
      },
      'utf8',
    ],
    [
      'JSON of another signal',
      { ...CURRENT, 'content-type': 'application/json', 'content-encoding': '', payload: { resourceLogs: [] } },
      'ambiguous',
    ],
    [
      'JSON that is no request',
      { ...CURRENT, 'content-type': 'application/json', 'content-encoding': '', payload: {} },
      'value',
    ],
  ])('refuses %s', (_name, value, reason) => {
    expect(reasonOf(JSON.parse(JSON.stringify(value)) as Record<string, unknown>)).toBe(reason);
  });

  it.each([
    '',
    '/v1/traces',
    'http://x',
    'http://x/',
    'http://x/v1/trace',
    'http://x/v1/traces/',
    'http://x/V1/traces',
    'http://x/v1/traces?x=/v1/logs',
    'http://x/?/v1/traces',
    'http://x/#/v1/traces',
    'http://x/v1/traces/../logs',
    'http:///v1/traces',
    'ftp://x/v1/traces',
    'file:///v1/traces',
    'javascript:/v1/traces',
    'http://x/v1/profiles',
    'http://x/v1%2ftraces',
    'http://x\\v1\\traces',
    'http://x/v1/traces\n',
    ' http://x/v1/traces',
    'http://xv1/traces',
  ])('D19: an endpoint %j names no signal', (endpoint) => {
    expect(reasonOf({ ...CURRENT, endpoint })).toBe('envelope');
  });

  it('D17: a payload that decompresses beyond the bound', () => {
    const bomb = { ...CURRENT, payload: gzipSync(Buffer.alloc(2 * MIB)).toString('base64') };
    expect(reasonOf(bomb)).toBe('too_large');
  });

  it('D16: arbitrary fields give an envelope or the documented error, and its message quotes nothing', () => {
    const canary = 'c4n4ry-secret';
    const any = fc.oneof(
      fc.constant(canary),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.object({ values: [fc.constant(canary)] }),
    );
    const fields = Object.keys(CURRENT).concat('headers', '_otel', 'content_type');
    fc.assert(
      fc.property(fc.constantFrom(...fields), any, fc.constantFrom(...fields), any, (one, a, two, b) => {
        const value = { ...CURRENT, [one]: a, [two]: b };
        try {
          read(value);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidOtlpError);
          expect(String(error)).not.toContain(canary);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

it('an object without a marker is no envelope', () => {
  expect(isEnvelope({ message: '__otel_otlp_stdout' })).toBe(false);
});
