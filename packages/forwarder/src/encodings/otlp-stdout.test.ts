import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { requestFromJson, writeEnvelope } from '@serverless-otlp/otlp';
import { sampleBytes } from '@serverless-otlp/testing';
import { encodingContract } from '@serverless-otlp/testing/contracts';
import { describe, expect, it } from 'vitest';
import { inflateBudget } from '../pipeline/budget.ts';
import type { Decoded, SourceRecord } from '../types.ts';
import { otlpStdout, type OtlpStdoutOptions } from './otlp-stdout.ts';

const record = (data: string | Uint8Array): SourceRecord => ({ id: 'e1', data, attributes: { log_group: 'g' } });
const fixture = (path: string): readonly string[] =>
  readFileSync(new URL(`../../../../tests/fixtures/${path}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
const [published = ''] = fixture('envelopes/envelope-node-0.17.3-v1.jsonl');
const dialects = ['current', 'early-2025-json-object', 'early-2025-json-gzip', 'wrapped-string-current'].flatMap(
  (name) => fixture(`hand-made/dialects/${name}.jsonl`),
);

encodingContract('otlp_stdout', () => otlpStdout({ headers: ['tenant-id'] }), {
  examples: [published, ...dialects].map(record).concat(record(Buffer.from(published))),
  foreign: [
    'START RequestId: 8286a188 Version: $LATEST',
    'mentions __otel_otlp_stdout in passing',
    '{"message":"mentions __otel_otlp_stdout in passing"}',
    '{"message":{"note":"__otel_otlp_stdout"}}',
    '["__otel_otlp_stdout"]',
    '"__otel_otlp_stdout"',
    '{"resourceSpans":[]}',
  ].map(record),
});

const decode = (data: string, options?: OtlpStdoutOptions, budget = inflateBudget()): Decoded | undefined =>
  otlpStdout(options).decode(record(data), budget)?.[0];
const reasonOf = (data: string): string | undefined => {
  const found = decode(data);
  return found !== undefined && 'fault' in found ? found.fault.reason : undefined;
};

const bytes = sampleBytes('traces', { items: 2 });
const base64 = (data: Uint8Array | string): string => Buffer.from(data).toString('base64');
const packed = base64(gzipSync(bytes));
const FIELDS = {
  __otel_otlp_stdout: '0.17.3',
  source: 'canary-15',
  endpoint: 'http://localhost:4318/v1/traces',
  method: 'POST',
  'content-type': 'application/x-protobuf',
  'content-encoding': 'gzip',
  payload: packed,
  base64: true,
};
const envelope = (over: object = {}): string => JSON.stringify({ ...FIELDS, ...over });
const without = (...names: readonly string[]): string =>
  JSON.stringify(Object.fromEntries(Object.entries(FIELDS).filter(([name]) => !names.includes(name))));
const payload = (data: Uint8Array): object => ({ payload: base64(gzipSync(data)) });
const CANARY = 'canary-16';

/** All but the content, which travels to the dead-letter store alone. */
const told = (found: unknown): string =>
  JSON.stringify(found, (name, value: unknown) => (name === 'content' ? undefined : value));

describe('D16: what claims to be an envelope and cannot be read', () => {
  it.each<[string, string, string]>([
    ['D16: no endpoint', without('endpoint'), 'envelope'],
    ['D16: no payload', without('payload'), 'envelope'],
    ['D16: a payload of a wrong type', envelope({ payload: 7 }), 'envelope'],
    ['D16: a list as payload', envelope({ payload: [CANARY] }), 'envelope'],
    ['D16: an object as protobuf payload', envelope({ payload: { a: CANARY } }), 'envelope'],
    ['D16: a marker of a wrong type', envelope({ __otel_otlp_stdout: 17 }), 'envelope'],
    ['D16: no content-type', without('content-type'), 'unsupported'],
    ['D16: an unknown content-type', envelope({ 'content-type': CANARY }), 'unsupported'],
    ['D16: an unknown content-encoding', envelope({ 'content-encoding': CANARY }), 'unsupported'],
    ['D16: two content encodings', envelope({ 'content-encoding': 'gzip, gzip' }), 'unsupported'],
    ['D16: a base64 flag of a wrong type', envelope({ base64: 'yes' }), 'envelope'],
    ['D16: a binary payload that says it is not base64', envelope({ base64: false }), 'envelope'],
    [
      'D16: JSON of another signal than the endpoint names',
      envelope({
        'content-type': 'application/json',
        'content-encoding': 'none',
        payload: '{"resourceLogs":[]}',
        base64: false,
      }),
      'ambiguous',
    ],
    [
      'D16: JSON of two signals',
      envelope({
        'content-type': 'application/json',
        ...payload(Buffer.from('{"resourceLogs":[],"resourceSpans":[]}')),
      }),
      'ambiguous',
    ],
    [
      'D16: JSON of no signal',
      envelope({ 'content-type': 'application/json', ...payload(Buffer.from(`{"a":"${CANARY}"}`)) }),
      'value',
    ],
    [
      'D16: JSON that is none',
      envelope({ 'content-type': 'application/json', ...payload(Buffer.from(`{${CANARY}`)) }),
      'json',
    ],
    ['D16: a line cut at its end', envelope().slice(0, 200), 'truncated'],
    ['D16: a line cut at its start', envelope().slice(300), 'truncated'],
    ['D16: a cut line in a wrapping', JSON.stringify({ message: envelope().slice(0, 200) }), 'truncated'],
    [
      'D16: a cut line behind the text prefix',
      `2025-08-21T18:13:20Z\tid\tINFO\t${envelope().slice(0, 200)}`,
      'truncated',
    ],
    [
      'D18: base64 with characters that are none',
      envelope({ payload: `${packed.slice(0, 8)}@@@@${packed.slice(8)}` }),
      'base64',
    ],
    ['D18: base64 with a line break', envelope({ payload: `${packed.slice(0, 8)}\n${packed.slice(8)}` }), 'base64'],
    ['D18: base64 with blanks around', envelope({ payload: ` ${packed} ` }), 'base64'],
    ['D18: base64 of the URL alphabet', envelope({ payload: packed.replace(/[+/A]/, '_') }), 'base64'],
    ['D18: base64 with a character missing', envelope({ payload: packed.slice(1) }), 'base64'],
    [
      'D18: base64 with padding in the middle',
      envelope({ payload: `${packed.slice(0, 6)}==${packed.slice(8)}` }),
      'base64',
    ],
    ['D18: base64 with too much padding', envelope({ payload: `${packed}====` }), 'base64'],
    ['D18: nothing but padding', envelope({ payload: '====' }), 'base64'],
    ['D18: an empty payload', envelope({ payload: '' }), 'gzip'],
    ['D18: truncated gzip', envelope({ payload: base64(gzipSync(bytes).subarray(0, -1)) }), 'gzip'],
    ['D18: gzip cut in half', envelope({ payload: base64(gzipSync(bytes).subarray(0, 60)) }), 'gzip'],
    [
      'D18: trailing garbage behind gzip',
      envelope({ payload: base64(Buffer.concat([gzipSync(bytes), Buffer.from(CANARY)])) }),
      'gzip',
    ],
    ['D18: no gzip at all', envelope({ payload: base64(bytes) }), 'gzip'],
    [
      'D18: a second member that is broken',
      envelope({ payload: base64(Buffer.concat([gzipSync(bytes), gzipSync(bytes).subarray(0, 30)])) }),
      'gzip',
    ],
    ['D18: protobuf of another message', envelope(payload(Buffer.from('0a05ffffffffff', 'hex'))), 'protobuf'],
    ['D18: protobuf cut off', envelope(payload(bytes.subarray(0, -1))), 'protobuf'],
    ['D18: a wrong wire type', envelope(payload(Uint8Array.of(0x08, 0x01))), 'protobuf'],
    ['D18: a group', envelope(payload(Uint8Array.of(0x0b, 0x0c))), 'protobuf'],
    ['D18: field number 0', envelope(payload(Uint8Array.of(0x02, 0x00))), 'protobuf'],
    ['D18: JSON text declared as protobuf', envelope(payload(Buffer.from('{"resourceSpans":[]}'))), 'protobuf'],
  ])('%s', (_title, line, reason) => {
    const found = decode(line);
    expect(found).toMatchObject({
      fault: { reason, source: { log_group: 'g', id: 'e1' }, bytes: Buffer.byteLength(line) },
    });
    expect(told(found)).not.toContain('canary');
  });

  it('D18: a span id of seven bytes, and text that is no UTF-8', () => {
    const span = (field: number, ...content: readonly number[]): Uint8Array => {
      const one = [field * 8 + 2, content.length, ...content];
      const inScope = [0x12, one.length, ...one];
      const inResource = [0x12, inScope.length, ...inScope];
      return Uint8Array.of(0x0a, inResource.length, ...inResource);
    };
    expect(reasonOf(envelope(payload(span(2, 1, 2, 3, 4, 5, 6, 7))))).toBe('id');
    expect(reasonOf(envelope(payload(span(5, 0xc3, 0x28))))).toBe('utf8');
    expect(reasonOf(envelope(payload(span(5, 0xed, 0xa0, 0x80))))).toBe('utf8');
    expect(reasonOf(envelope(payload(span(5, 0xc3, 0xa9))))).toBeUndefined();
  });

  it('D18: any flipped bit of the compressed payload is noticed, or changes nothing', () => {
    const gzip = gzipSync(bytes);
    let noticed = 0;
    for (let bit = 0; bit < gzip.length * 8; bit++) {
      const flipped = Buffer.from(gzip);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const found = decode(envelope({ payload: base64(flipped) }));
      if (found !== undefined && 'fault' in found) noticed++;
      else expect(found).toMatchObject({ request: { bytes: Buffer.from(bytes) } });
    }
    // Bits of the header that say nothing about the content (time, operating system, flags of no consequence).
    expect(gzip.length * 8 - noticed).toBeLessThan(70);
  });

  it('D18: several gzip members are one payload', () => {
    const halves = [sampleBytes('traces', { items: 2 }), sampleBytes('traces', { items: 3, seed: 2 })];
    const found = decode(envelope({ payload: base64(Buffer.concat(halves.map((half) => gzipSync(half)))) }));
    expect(found).toMatchObject({ request: { items: 5 } });
  });
});

const wrongChecksum = (gzip: Uint8Array): Uint8Array => gzip.fill(1, gzip.length - 8, gzip.length - 4);
const BOMB = Buffer.alloc(64 * 1024 * 1024);
const cpuMs = (work: () => unknown): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};

describe('D17: a payload', () => {
  const bomb = envelope(payload(BOMB));

  it('D17: of 64 MiB in 64 KiB is stopped at 16 MiB, in milliseconds', () => {
    expect(bomb.length).toBeLessThan(100_000);
    let found: Decoded | undefined;
    const ms = cpuMs(() => (found = decode(bomb)));
    expect(found).toMatchObject({ fault: { reason: 'too_large' } });
    expect(ms).toBeLessThan(1_000);
  });

  it.each([
    ['gzip', 16 * 1024 * 1024, undefined],
    ['gzip', 16 * 1024 * 1024 + 1, 'too_large'],
    ['none', 16 * 1024 * 1024, undefined],
  ])('D17: (%s) of %d bytes: %s', (encoding, size, reason) => {
    // Field 1000, which no schema knows, as long as it takes.
    const head = Buffer.from('c23e', 'hex');
    const body = Buffer.concat([head, Buffer.from([0xfa, 0xff, 0xff, 0x07]), Buffer.alloc(0x00fffffa)]);
    const data = Buffer.concat([body, Buffer.from('c03e00c03e00', 'hex')]).subarray(0, size);
    const exact = size > data.length ? Buffer.concat([data, Buffer.alloc(size - data.length)]) : data;
    const line = envelope({
      'content-encoding': encoding,
      payload: base64(encoding === 'gzip' ? gzipSync(exact) : exact),
    });
    const found = reasonOf(line);
    if (reason === undefined) expect(found).not.toBe('too_large');
    else expect(found).toBe(reason);
  });

  it('D17: bombs draw on the budget of the invocation until nothing more is inflated', () => {
    const budget = inflateBudget();
    const reasons = Array.from({ length: 6 }, () => {
      const found = decode(bomb, {}, budget);
      return found !== undefined && 'fault' in found ? found.fault.reason : undefined;
    });
    expect(reasons).toEqual(['too_large', 'budget', 'budget', 'budget', 'budget', 'budget']);
    expect(budget.allow(1)).toBe(0);
  });

  it.each([
    ['D17: protobuf that is broken after 15 MiB', envelope(payload(BOMB.subarray(0, 15 << 20)))],
    [
      'D17: JSON of 15 MiB of blanks that means nothing',
      envelope({
        'content-type': 'application/json',
        ...payload(Buffer.concat([Buffer.alloc(15 << 20, ' '), Buffer.from('{"resourceSpans":[]}')])),
      }),
    ],
    [
      'D17: gzip with a wrong checksum after 15 MiB',
      envelope({ payload: base64(wrongChecksum(gzipSync(BOMB.subarray(0, 15 << 20)))) }),
    ],
  ])('%s, again and again, is no way around the budget', (_title, line) => {
    const budget = inflateBudget(20 << 20);
    for (let i = 0; i < 60; i++) decode(line, {}, budget);
    expect(budget.allow(1)).toBe(0);
  });

  it('D16, D17: small broken lines do not use up the budget of their neighbours', () => {
    const budget = inflateBudget();
    const broken = envelope({ payload: base64(gzipSync(bytes).subarray(0, -3)) });
    expect(reasonOf(broken)).toBe('gzip');
    for (let i = 0; i < 1_000; i++) decode(broken, {}, budget);
    expect(decode(envelope(), {}, budget)).toMatchObject({ request: { items: 2 } });
  });

  it('D17: what is merely read costs what it holds', () => {
    const budget = inflateBudget(bytes.length * 2 + 1);
    expect(decode(envelope(), {}, budget)).toHaveProperty('request');
    expect(decode(envelope(), {}, budget)).toHaveProperty('request');
    expect(decode(envelope(), {}, budget)).toMatchObject({ fault: { reason: 'budget' } });
  });

  it('D17: an item counts 48 bytes, also where it takes two: a third of a million are too many for one line', () => {
    const spans = (count: number): string => {
      const inner = Buffer.alloc(count * 2, Buffer.from([0x12, 0]));
      const varint = (length: number): readonly number[] => [length | 0x80, (length >> 7) | 0x80, length >> 14];
      const scope = Buffer.concat([Buffer.from([0x12, ...varint(inner.length)]), inner]);
      const request = Buffer.concat([Buffer.from([0x0a, ...varint(scope.length)]), scope]);
      return envelope({ payload: base64(gzipSync(request)) });
    };
    const most = Math.floor((16 * 1024 * 1024) / 48);
    expect(decode(spans(most))).toMatchObject({ request: { items: most } });
    expect(reasonOf(spans(most + 1))).toBe('too_large');
    const budget = inflateBudget();
    const reasons = Array.from({ length: 3 }, () => decode(spans(most), {}, budget));
    expect(reasons).toMatchObject([{ request: {} }, { fault: { reason: 'budget' } }, { fault: { reason: 'budget' } }]);
  });

  it('D17: nested up to 100 messages is read, which is 47 lists in lists; 48, and 64, are set aside, in protobuf and in JSON', () => {
    const nested = (levels: number): unknown => {
      let value: unknown = { stringValue: 'deep' };
      for (let i = 0; i < levels; i++) value = { arrayValue: { values: [value] } };
      return { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: value }] }] }] };
    };
    const endpoint = { endpoint: 'http://localhost:4318/v1/logs' };
    const asJson = (levels: number): string =>
      envelope({
        ...endpoint,
        'content-type': 'application/json',
        'content-encoding': undefined,
        payload: nested(levels),
      });
    // Request, ResourceLogs, ScopeLogs, LogRecord and the body itself are five messages; each level is an ArrayValue and an AnyValue.
    expect(reasonOf(asJson(47))).toBeUndefined();
    expect(reasonOf(asJson(48))).toBe('too_deep');
    expect(reasonOf(asJson(64))).toBe('too_deep');
    const deep = (levels: number): Uint8Array => {
      let body: Uint8Array = Buffer.from('0a0464656570', 'hex');
      const wrap = (field: number, content: Uint8Array): Uint8Array => {
        const length = content.length < 128 ? [content.length] : [(content.length & 0x7f) | 0x80, content.length >> 7];
        return Buffer.concat([Uint8Array.of(field * 8 + 2, ...length), content]);
      };
      for (let i = 0; i < levels; i++) body = wrap(5, wrap(1, body));
      return wrap(1, wrap(2, wrap(2, wrap(5, body))));
    };
    expect(reasonOf(envelope({ ...endpoint, ...payload(deep(47)) }))).toBeUndefined();
    expect(reasonOf(envelope({ ...endpoint, ...payload(deep(48)) }))).toBe('too_deep');
    expect(reasonOf(envelope({ ...endpoint, ...payload(deep(64)) }))).toBe('too_deep');
  });
});

/** URLs that name no signal, or try to be followed. */
const HOSTILE = [
  '',
  ' ',
  '/v1/traces',
  'v1/traces',
  '//evil.example/v1/traces',
  'http:/v1/traces',
  'http:///v1/traces',
  'http://',
  'localhost:4318/v1/traces',
  'ftp://evil.example/v1/traces',
  'file:///v1/traces',
  'gopher://evil.example:70/v1/traces',
  'javascript:alert(1)//x/v1/traces',
  'data:text/plain,/v1/traces',
  'unix:///var/run/docker.sock/v1/traces',
  'ws://evil.example/v1/traces',
  'HTTP+unix://x/v1/traces',
  'http://evil.example/v1/traces/',
  'http://evil.example/v1/traces?',
  'http://evil.example/v1/traces?x=/v1/logs',
  'http://evil.example/v1/traces#',
  'http://evil.example/?/v1/traces',
  'http://evil.example/#/v1/traces',
  'http://evil.example?/v1/traces',
  'http://evil.example#/v1/traces',
  'http://evil.example/v1/traces/../logs',
  'http://evil.example/v1/traces%2f',
  'http://evil.example/v1%2ftraces',
  'http://evil.example/v1/%74races',
  'http://evil.example/v1/Traces',
  'http://evil.example/V1/traces',
  'http://evil.example/v1/trace',
  'http://evil.example/v1/tracess',
  'http://evil.example/v1/profiles',
  'http://evil.example/v1development/profiles',
  'http://evil.example/v2/traces',
  'http://evil.example/admin',
  'http://169.254.169.254/latest/meta-data/iam',
  'http://evil.example/v1/traces\n',
  'http://evil.example/v1/traces\u0000',
  'http://evil.example/v1/traces ',
  'http://evil.example/v1/traces;x',
  'http://evil.example/v1\\traces',
  'http://evil.example\\v1\\traces',
  'http://evil.example/v1/__proto__',
  'http://evil.example/v1/constructor',
  'http://evil.example/v1//traces',
  `http://evil.example/${'a/'.repeat(30_000)}`,
] as const;

/** Hosts nobody may ever talk to, and a path that is a signal's: the path is believed, the rest not even looked at. */
const BELIEVED_BY_PATH = [
  'http://169.254.169.254/v1/traces',
  'http://[fd00:ec2::254]/v1/traces',
  'http://user:canary@evil.example/v1/traces',
  'https://evil.example:22/v1/traces',
  'http://localhost:4318/latest/meta-data/v1/traces',
  'http://127.0.0.1/../v1/traces',
  'http://0x7f.1/v1/traces',
  'HTTPS://EVIL.EXAMPLE/v1/traces',
] as const;

describe('D19: the endpoint of an envelope', () => {
  it('D19: has a corpus of at least forty', () => {
    expect(new Set([...HOSTILE, ...BELIEVED_BY_PATH]).size).toBeGreaterThanOrEqual(50);
  });

  it.each(HOSTILE.map((url) => [url.slice(0, 60), url]))('D19: %j names no signal', (_short, endpoint) => {
    const found = decode(envelope({ endpoint }));
    expect(found).toMatchObject({ fault: { reason: 'envelope' } });
    expect(told(found)).not.toContain('evil');
  });

  it.each(BELIEVED_BY_PATH)('D19: of %j only the path is read', (endpoint) => {
    const found = decode(envelope({ endpoint }));
    expect(found).toMatchObject({ request: { signal: 'traces', items: 2 } });
    expect(Object.keys(found ?? {})).toEqual(['request']);
    expect(told(found)).not.toMatch(/evil|169|canary/);
  });

  it('D19: takes no time over what a regular expression could stumble on', () => {
    const long = ['/v1/a', '/', '/v1', 'a'].map((piece) => `http://h${piece.repeat(200_000)}!`);
    expect(cpuMs(() => long.map((endpoint) => decode(envelope({ endpoint }))))).toBeLessThan(2_000);
  });

  it.each(['source', 'method', 'level', 'headers', '__proto__', 'constructor'])(
    'D19: ignores %s, whatever it says',
    (name) => {
      for (const value of ['"canary-17"', '{"a":"canary-17"}', '["canary-17"]']) {
        const line = `${envelope().slice(0, -1)},"${name}":${value}}`;
        const found = decode(line);
        if (name === 'source' && value !== '"canary-17"') expect(found).toHaveProperty('fault');
        else expect(found).toHaveProperty('request');
        expect(told(found)).not.toContain('canary-17');
      }
      expect({}).not.toHaveProperty('a');
    },
  );
});

describe('D19: headers of an envelope', () => {
  const sent = { 'Tenant-Id': 't-1', authorization: 'canary-18', 'x-key': 'a=b', number: 7 };
  const metadataOf = (headers: unknown, allowed: readonly string[]): unknown => {
    const found = decode(envelope({ headers }), { headers: allowed });
    return found !== undefined && 'request' in found ? found.metadata : found;
  };

  it('D19: are ignored unless allow-listed, in any case', () => {
    expect(metadataOf(sent, [])).toBeUndefined();
    expect(metadataOf(sent, ['tenant-id'])).toEqual({ log_group: 'g', 'header.tenant-id': 't-1' });
    expect(metadataOf(sent, ['TENANT-ID', 'x-key', 'absent'])).toEqual({
      log_group: 'g',
      'header.tenant-id': 't-1',
      'header.x-key': 'a=b',
    });
  });

  it.each(['a\r\nb', 'a\nb', 'a\u0000', 'é', '', 'x'.repeat(1_025), 'a\tb', '\u{1f600}'])(
    'D19: with the value %j is not kept',
    (value) => {
      expect(metadataOf({ 'tenant-id': value }, ['tenant-id'])).toBeUndefined();
    },
  );

  it.each([null, 'text', 7, ['tenant-id'], { 'tenant-id': ['t'] }, { 'tenant-id': { t: 1 } }, { 'tenant-id': null }])(
    'D19: that are %j are none',
    (headers) => {
      expect(metadataOf(headers, ['tenant-id', 'length'])).toBeUndefined();
    },
  );

  it('D19: named like a prototype change none', () => {
    const line = `${envelope().slice(0, -1)},"headers":{"__proto__":"p","constructor":"c"}}`;
    const found = decode(line, { headers: ['__proto__', 'constructor'] });
    expect(found).toMatchObject({ metadata: { 'header.__proto__': 'p', 'header.constructor': 'c' } });
  });

  it('D19: never replace what the source says', () => {
    const found = decode(envelope({ headers: { log_group: 'evil' } }), { headers: ['log_group'] });
    expect(found).toMatchObject({ metadata: { log_group: 'g', 'header.log_group': 'evil' } });
  });

  it('an allow list that names no header is ignored', () => {
    expect(metadataOf({ 'a b': 'x', 'a:': 'y' }, ['a b', 'a:', ''])).toBeUndefined();
  });
});

it('reads what our own writer writes', () => {
  const request = requestFromJson({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityNumber: 9 }] }] }] });
  const line = writeEnvelope(request, { source: 's', version: 'v', level: 'INFO', headers: { 'tenant-id': 't' } });
  expect(decode(line)).toMatchObject({ request: { signal: 'logs', items: 1 } });
});
