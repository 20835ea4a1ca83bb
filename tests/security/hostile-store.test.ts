import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadForwarder } from '@serverless-otlp/forwarder/config';
import { describe, expect, it } from 'vitest';
import { type Forwarding, forwardingOf, temporaryFolder } from './forwarding.ts';
import { storedFiles } from './stored-files.ts';
import { eventOf, itemsOf, line, protobufOf } from './telemetry.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const NOW = new Date(Date.now() - 60_000).toISOString();
const stamp = (iso: string): string => iso.replace(/[-:]/g, '');

/** A letter as anybody can make one who has read how they look. */
const letterOf = (content: Buffer, over: object = {}, signal = 'traces'): Buffer => {
  const header = {
    version: 1,
    content: 'request',
    destination: 'otlp_http',
    signal,
    items: 1,
    bytes: content.length,
    sha256: sha256(content),
    reason: 'planted',
    attempts: 1,
    storedAt: NOW,
    firstEventAt: NOW,
    source: { owner: '123456789012', log_group: '/aws/lambda/shop', log_stream: 's' },
    encoding: 'identity',
    ...over,
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), content]);
};

const plant = (folder: string, key: string, body: Uint8Array): void => {
  const path = join(folder, key);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, body);
};

let planted = 0;
/** A key of its own: older or younger than all others, as it is said. */
const keyOf = (time = NOW, signal = 'traces', destination = 'otlp_http'): string =>
  `pending/${destination}/${signal}/${stamp(time)}/${sha256(Buffer.from(String(planted++)))}`;

const KEY = 'operators-own-key';
/** Redrives until nothing changes, at most so many runs. */
const redriven = async ({ redrive }: Forwarding, runs = 5): Promise<Awaited<ReturnType<Forwarding['redrive']>>> => {
  let report = await redrive();
  for (let run = 1; run < runs; run++) report = await redrive();
  return report;
};

/** An honest letter that came about by itself, beside what is planted, and a collector that works again. */
const outage = async (
  over: Parameters<typeof forwardingOf>[0] = {},
): Promise<Forwarding & { readonly recover: () => void }> => {
  let works = false;
  const answers = { script: () => ({ status: works ? 200 : 503 }) };
  const { collector } = await forwardingOf({}, answers);
  const exporters = {
    otlp_http: { endpoint: collector.url, headers: { 'x-api-key': KEY }, retry: { enabled: false } },
  };
  const forwarding = await forwardingOf({ exporters, ...over });
  await forwarding.invoke(eventOf([line('traces', 'honest')]));
  return { ...forwarding, collector, recover: () => (works = true) };
};

const BOMB = gzipSync(Buffer.alloc(64 << 20), { level: 9 });
const good = protobufOf('traces', 'good');

/** Objects that are no letters, or not what they say. Each goes to the quarantine, or stays, and nothing of it is sent. */
const DAMAGED: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  'a line feed': Buffer.from('\n'),
  'no header': Buffer.alloc(1_000_000, 'x'),
  'a header without an end': Buffer.from(`{"version":1,"reason":"${'x'.repeat(300_000)}`),
  'a header of a megabyte': letterOf(good, { reason: 'x'.repeat(1_000_000) }),
  'a newer version': letterOf(good, { version: 2 }),
  'no version': letterOf(good, { version: undefined }),
  'a signal nobody knows': letterOf(good, { signal: 'profiles' }),
  'a signal that is none': letterOf(good, { signal: { toString: 1 } }),
  'another signal than its bytes': letterOf(Buffer.concat([Buffer.from([0x0d]), good])),
  'another checksum': letterOf(good, { sha256: '0'.repeat(64) }),
  'more bytes than it has': letterOf(good, { bytes: good.length + 1 }),
  'fewer bytes than it has': letterOf(good, { bytes: 1 }),
  'negative bytes': letterOf(good, { bytes: -1 }),
  'bytes beyond counting': letterOf(good, { bytes: 1e300 }),
  'negative items': letterOf(good, { items: -5 }),
  'items as text': letterOf(good, { items: '1' }),
  'negative attempts': letterOf(good, { attempts: -1 }),
  'a time that is none': letterOf(good, { firstEventAt: 'yesterday-ish' }),
  'a time that is an object': letterOf(good, { notBefore: { toString: 1, valueOf: 1 } }),
  'a source that is text': letterOf(good, { source: 'x' }),
  'a source of objects': letterOf(good, { source: { log_group: { a: 1 } } }),
  'a source that is nothing': letterOf(good, { source: null }),
  'an encoding nobody knows': letterOf(good, { encoding: 'br' }),
  'lines where a request belongs': letterOf(good, { content: 'lines' }),
  'a bomb': letterOf(BOMB, { encoding: 'gzip', bytes: 64 << 20, sha256: sha256(Buffer.alloc(64 << 20)) }),
  'a bomb that says it is small': letterOf(BOMB, { encoding: 'gzip', bytes: 100 }),
  'gzip that breaks off': letterOf(gzipSync(good).subarray(0, -5), {
    encoding: 'gzip',
    bytes: good.length,
    sha256: sha256(good),
  }),
  'protobuf that is none': letterOf(Buffer.from('not protobuf')),
  'half a request': letterOf(good.subarray(0, -2)),
  'headers that nobody keeps': letterOf(good, { source: { 'header.x-tenant': 'evil' } }),
  'a key of its own': letterOf(good, { source: { 'header.x-api-key': 'evil' } }),
  'a header in another case': letterOf(good, { source: { 'header.X-Evil': 'evil' } }),
  'a header that is a credential': letterOf(good, { source: { 'header.authorization': 'Bearer evil' } }),
  'headers by the thousand': letterOf(good, {
    source: Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`header.x-${index}`, 'evil'])),
  }),
};

describe('objects that somebody else put into the store', () => {
  it.each(Object.keys(DAMAGED))('D22a, D22b: %s is set aside and holds up nobody', async (what) => {
    const forwarding = await outage();
    const { collector, folder, recover, stored } = forwarding;
    // Older and younger than the honest letter: wherever the run begins.
    for (const time of ['2026-11-15T00:00:00.000Z', NOW]) plant(folder, keyOf(time), DAMAGED[what] ?? Buffer.alloc(0));
    recover();
    const before = collector.requests.length;
    const report = await redriven(forwarding, 2);
    const sent = collector.requests.slice(before);
    expect(itemsOf(sent, 'honest')).toBe(1);
    expect(itemsOf(sent, 'good')).toBe(0);
    expect(JSON.stringify(sent.map(({ rawHeaders }) => rawHeaders))).not.toContain('evil');
    expect(report).toMatchObject({ balanced: true });
    expect(stored().filter(({ key }) => key.startsWith('pending/'))).toEqual([]);
    expect(stored().filter(({ key }) => key.startsWith('quarantine/otlp_http/traces/'))).toHaveLength(2);
  });

  it('D19, D27: a letter cannot choose what is sent besides its telemetry', async () => {
    const forwarding = await outage({
      encodings: { otlp_stdout: { headers: ['tenant'] } },
    });
    const { collector, folder, recover, stored } = forwarding;
    const hostile = {
      destination: 'https://evil.example',
      endpoint: 'https://evil.example',
      headers: { authorization: 'evil' },
      method: 'DELETE',
      // No credentials: what may be kept is not theirs to have.
      source: { log_group: 'x', authorization: 'evil', 'x-api-key': 'evil', tenant: 'evil', 'header.tenant': 'acme' },
    };
    plant(folder, keyOf(), letterOf(good, hostile));
    plant(folder, keyOf(), letterOf(good, { source: { ...hostile.source, 'header.authorization': 'evil' } }));
    recover();
    await redriven(forwarding);
    const sent = collector.requests.filter(({ body }) => body.includes('good-'));
    expect(
      sent.map(({ method, path, headers }) => [
        method,
        path,
        headers['x-api-key'],
        headers['tenant'],
        headers.authorization,
      ]),
    ).toEqual([['POST', '/v1/traces', KEY, 'acme', undefined]]);
    expect(JSON.stringify(sent[0]?.rawHeaders)).not.toContain('evil');
    expect(stored().map(({ key }) => key.split('/')[0])).toContain('quarantine');
  });

  it('D22a: keys that no letter has are left alone, and lead nowhere', async () => {
    const outside = temporaryFolder();
    const forwarding = await outage();
    const { collector, folder, recover, stored } = forwarding;
    const letter = letterOf(good);
    const hash = sha256(good);
    const odd = [
      `pending/otlp_http/traces/${stamp(NOW)}/${hash.slice(1)}`,
      `pending/otlp_http/traces/${stamp(NOW)}/${hash.toUpperCase()}`,
      `pending/otlp_http/traces/${stamp(NOW)}/${hash}/more`,
      `pending/otlp_http/traces/99999999T999999.999Z/${hash}`,
      `pending/otlp_http/traces/now/${hash}`,
      `pending/otlp_http/profiles/${stamp(NOW)}/${hash}`,
      `pending/otlp_http/__proto__/${stamp(NOW)}/${hash}`,
      `pending/__proto__/traces/${stamp(NOW)}/${hash}`,
      `pending/%2e%2e%2f%2e%2e%2fetc/traces/${stamp(NOW)}/${hash}`,
      `pending/otlp_http%2F..%2F..%2Fevil/traces/${stamp(NOW)}/${hash}`,
      `pending/%zz/traces/${stamp(NOW)}/${hash}`,
      `pending/OTLP_HTTP/traces/${stamp(NOW)}/${hash}`,
      `pending/\u001b[31m/traces/${stamp(NOW)}/${hash}`,
      `pending/${hash}`,
      'pending/otlp_http',
      'redrive/../x',
      hash,
    ].filter((key) => key !== 'pending/otlp_http' && !key.includes('/../'));
    for (const key of odd) plant(folder, key, letter);
    symlinkSync(outside, join(folder, 'pending/otlp_http/logs'));
    plant(outside, `${stamp(NOW)}/${hash}`, letter);
    recover();
    const report = await redriven(forwarding);
    expect(itemsOf(collector.requests, 'good')).toBe(0);
    expect(report.balanced).toBe(true);
    expect(Object.keys(report.unknown ?? {}).sort()).toEqual(
      ['%zz', '../../etc', 'OTLP_HTTP', '__proto__', 'otlp_http/../../evil'].sort(),
    );
    const left = stored().map(({ key }) => key);
    for (const key of odd) expect(left).toContain(key);
    expect(storedFiles(outside)).toHaveLength(1);
  });

  it('D22a: a time far away is no way to stay for ever, nor to hold up others', async () => {
    const forwarding = await outage();
    const { collector, folder, recover, stored } = forwarding;
    plant(folder, keyOf(NOW), letterOf(good, { notBefore: '9999-12-31T23:59:59.999Z' }));
    plant(folder, keyOf('9999-12-31T23:59:59.999Z'), letterOf(protobufOf('traces', 'future')));
    plant(folder, keyOf('1970-01-01T00:00:00.000Z'), letterOf(protobufOf('traces', 'past')));
    recover();
    const report = await redriven(forwarding);
    expect(itemsOf(collector.requests.slice(1), 'honest')).toBe(1);
    expect(itemsOf(collector.requests, 'past')).toBe(0);
    expect(stored().filter(({ key }) => key.startsWith('expired/'))).toHaveLength(1);
    const { oldestPendingAgeMs = NaN } = report.destinations['otlp_http'] ?? {};
    expect(oldestPendingAgeMs).toBeGreaterThanOrEqual(0);
    expect(oldestPendingAgeMs).toBeLessThan(3_600_000);
  });

  it('D22a: an object too large to read does not hold up the others', async () => {
    const forwarding = await outage();
    const { collector, folder, recover, stored } = forwarding;
    const key = keyOf('2026-11-15T00:00:00.000Z');
    plant(folder, key, Buffer.from('x'));
    truncateSync(join(folder, key), 200 * 1024 * 1024); // takes no room on the disk
    recover();
    const report = await redriven(forwarding, 2);
    expect(itemsOf(collector.requests.slice(1), 'honest')).toBe(1);
    expect(report).toMatchObject({ balanced: true });
    expect(report.errors?.join()).toMatch(/not read/);
    truncateSync(join(folder, key), 0);
    expect(stored().map((file) => file.key)).toContain(key);
  });

  it.each<[string, string]>([
    ['no JSON', '{'],
    ['another shape', '{"attempts":7,"redriven":"x","notBeforeMs":[]}'],
    ['negative numbers', '{"attempts":{"a":{"runs":-9,"since":-9,"triedMs":-9}},"redriven":-9,"notBeforeMs":-9}'],
    ['a time far away', '{"notBeforeMs":9007199254740991}'],
    ['a time beyond all clocks', '{"notBeforeMs":1e308,"redriven":1e308}'],
    ['brackets', `{"attempts":${'['.repeat(8_000_000)}`],
    [
      'keys of prototypes',
      '{"__proto__":{"notBeforeMs":9e15},"attempts":{"__proto__":{"runs":9,"since":0,"triedMs":1},"constructor":{"runs":9,"since":0,"triedMs":1}}}',
    ],
  ])('D22b: a journal of %s counts for nothing', async (_what, text) => {
    const forwarding = await outage();
    const { collector, folder, recover, stored } = forwarding;
    plant(folder, 'redrive/otlp_http.json', Buffer.from(text));
    plant(folder, 'redrive/events.json', Buffer.from(text));
    recover();
    const report = await forwarding.redrive({ intervalMs: 30_000 });
    expect(itemsOf(collector.requests.slice(1), 'honest')).toBe(1);
    expect(report).toMatchObject({ balanced: true, destinations: { otlp_http: { redriven: 1, remaining: 0 } } });
    expect(stored().filter(({ key }) => key.startsWith('pending/'))).toEqual([]);
    expect(({} as Record<string, unknown>)['notBeforeMs']).toBeUndefined();
  });

  it('D20: what is planted under somebody’s name is sent with that name alone, and poisons no neighbour', async () => {
    const forwarding = await outage();
    const { collector, folder, recover } = forwarding;
    for (let index = 0; index < 5; index++)
      plant(folder, keyOf(), letterOf(protobufOf('traces', `t${index}`), { source: { log_group: `tenant-${index}` } }));
    plant(folder, keyOf(), letterOf(Buffer.from('0a060a040a02c328', 'hex'), { source: { log_group: 'tenant-1' } }));
    recover();
    await redriven(forwarding);
    const tenants = collector.requests
      .slice(1)
      .map(({ body }) => [...body.toString('latin1').matchAll(/t\d-1-/g)].length);
    expect(tenants.filter((count) => count > 1)).toEqual([]);
    for (let index = 0; index < 5; index++) expect(itemsOf(collector.requests, `t${index}`)).toBe(1);
  });
});

describe('objects in Lambda’s on-failure folder that Lambda did not write', () => {
  const record = (requestPayload: unknown): Buffer => Buffer.from(JSON.stringify({ version: '1.0', requestPayload }));
  const OBJECTS: Readonly<Record<string, Buffer>> = {
    nothing: Buffer.alloc(0),
    'no JSON': Buffer.from('{'),
    null: Buffer.from('null'),
    'no payload': Buffer.from('{}'),
    brackets: Buffer.from('['.repeat(7_000_000)),
    'more than an event can be': Buffer.alloc(9 * 1024 * 1024, ' '),
  };
  const EVENTS: Readonly<Record<string, unknown>> = {
    'an event of nobody': { a: 1 },
    'a null': null,
    'data that is no gzip': { awslogs: { data: 'AAAA' } },
    'a bomb': { awslogs: { data: gzipSync(Buffer.alloc(64 << 20)).toString('base64') } },
    'numbers where text belongs': eventOf([], {
      owner: 7,
      logGroup: { a: 1 },
      logStream: ['x'],
      logEvents: [{ id: 1, message: {}, timestamp: '1' }],
    }),
    'times out of this world': {
      awslogs: {
        data: gzipSync(
          JSON.stringify({
            messageType: 'DATA_MESSAGE',
            logEvents: [{ id: '1', timestamp: 9, message: line('traces', 'odd') }],
          }).replace(':9,', ':1e300,'),
        ).toString('base64'),
      },
    },
  };

  it('D23: each is set aside or left, the honest ones are sent, and keys stay below their prefix', async () => {
    const forwarding = await forwardingOf();
    const { collector, folder, stored, configFile } = forwarding;
    const forward = await loadForwarder({ env: {}, configFile, onReport: () => undefined, onWarning: () => undefined });
    const functions = ['otlp-forwarder', '..%2f..%2fevil', '%2e%2e', '__proto__', 'ü', `x${'y'.repeat(200)}`];
    let number = 0;
    for (const body of [...Object.values(OBJECTS), ...Object.values(EVENTS).map(record)])
      plant(folder, `aws/lambda/async/${functions[number % functions.length] ?? ''}/2026/11/21/${number++}`, body);
    plant(folder, 'aws/lambda/async/otlp-forwarder/2026/11/21/honest', record(eventOf([line('traces', 'honest')])));
    plant(folder, 'aws/lambda/sync/x/honest', record(eventOf([line('traces', 'elsewhere')])));
    let report = await forwarding.redrive({ forward });
    for (let run = 0; run < 8; run++) report = await forwarding.redrive({ forward });
    expect(itemsOf(collector.requests, 'honest')).toBe(1);
    expect(itemsOf(collector.requests, 'elsewhere')).toBe(0);
    expect(report.balanced).toBe(true);
    const keys = stored()
      .map(({ key }) => key)
      .filter((key) => !key.startsWith('aws/lambda/'));
    for (const key of keys)
      expect(key).toMatch(
        /^(redrive\/[\w%]+\.json|quarantine\/(events|lines)\/[^/]+\/\d{8}T\d{6}\.\d{3}Z\/[0-9a-f]{64})$/,
      );
    expect(keys.filter((key) => key.startsWith('quarantine/events/'))).toHaveLength(Object.keys(OBJECTS).length);
  });
});
