/**
 * What an attacker who controls one instrumented function's stdout can do: every line of that list has tests of its own, through the
 * deployed composition (configuration file, dead-letter folder, collectors on loopback). This is the entry of the suite; what is
 * proved elsewhere:
 *
 * | Attack                                        | Where                                                                          |
 * | --------------------------------------------- | ------------------------------------------------------------------------------ |
 * | flood; bombs on every layer                   | floods.test.ts; bench/memory.ts for the peak of the deployable                 |
 * | endpoint, path, headers, method, content type | endpoints.test.ts                                                              |
 * | expressions that never end                    | regular-expressions.test.ts                                                    |
 * | lines for the log, metrics; recursion         | log-injection.test.ts                                                          |
 * | filling the store, steering its keys          | store-keys.test.ts                                                             |
 * | keys in outputs                               | canary.test.ts, canary-command-line.test.ts                                    |
 * | objects in the store                          | hostile-store.test.ts                                                          |
 * | what a collector can do                       | hostile-collector.test.ts                                                      |
 * | globs: time                                   | glob.test.ts: 'takes time linear in the text, however many stars'              |
 * | tenants in one request                        | processors/batch.test.ts: 'D20: …'; encodings/cloudwatch-logs.test.ts: 'D19: …' |
 */
import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import { describe, expect, it } from 'vitest';
import { forwardingOf } from './forwarding.ts';
import { envelopeOf, eventOf, itemsOf, jsonOf, line, protobufOf, receivedJson } from './telemetry.ts';

const field = (number: number, ...content: readonly (Uint8Array | string)[]): Buffer => {
  const body = Buffer.concat(content.map((one) => Buffer.from(one as string)));
  const length: number[] = [];
  for (let rest = body.length; ; rest >>>= 7) {
    length.push(rest < 128 ? rest : (rest & 0x7f) | 0x80);
    if (rest < 128) return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), body]);
  }
};

describe('forging spans of any service', () => {
  const stamp = {
    attributes: {
      actions: [
        { action: 'upsert', key: 'aws.log.group.names', from_metadata: 'log_group' },
        { action: 'upsert', key: 'cloud.account.id', from_metadata: 'owner' },
      ],
    },
  };
  const claims = ['aws.log.group.names', 'cloud.account.id', 'aws.log.group.names', 'service.name'];

  it.each(SIGNALS)('D19: what is stamped on %s stays CloudWatch’s word, whatever the function says', async (signal) => {
    const { invoke, collector, reports } = await forwardingOf({ processors: stamp, steps: ['attributes', 'batch'] });
    const forged = JSON.parse(
      JSON.stringify(jsonOf(signal, 'forged')).replace(/"resource":\{[^[]*\[/, (found) => {
        const own = claims.map((key) => JSON.stringify({ key, value: { stringValue: 'payments' } }));
        return `${found}${own.join(',')},`;
      }),
    ) as object;
    await invoke(
      eventOf([JSON.stringify(forged), envelopeOf(signal, protobufOf(signal, 'mine'), { source: 'payments' })]),
    );
    const [received = ''] = receivedJson(collector.requests);
    expect(reports[0]).toMatchObject({ lines: { decoded: 2 }, balanced: true });
    const resources = [...received.matchAll(/"resource":(\{.*?\}\]\})/g)].map(([, text = '']) => text);
    expect(resources).toHaveLength(2);
    for (const resource of resources) {
      expect(resource.match(/aws\.log\.group\.names/g)).toHaveLength(1);
      expect(resource).toContain('{"key":"aws.log.group.names","value":{"stringValue":"/aws/lambda/shop"}}');
      expect(resource).toContain('{"key":"cloud.account.id","value":{"stringValue":"123456789012"}}');
    }
    // The name of a service is its own word, for the backend to believe or not.
    expect(received).toContain('{"key":"service.name","value":{"stringValue":"payments"}}');
  });
});

describe('breaking neighbours by poisoning a merged batch', () => {
  const span = (...fields: readonly Uint8Array[]): Buffer => field(1, field(2, field(2, ...fields)));
  const POISON: readonly (readonly [string, string])[] = (
    [
      ['text that is not UTF-8', span(field(5, Buffer.from('c328', 'hex')))],
      ['an id of 15 bytes', span(field(1, Buffer.alloc(15)))],
      ['a length beyond its message', Buffer.from([0x0a, 0x7f, 0x0a])],
      ['a group, which is no wire type any more', span(Buffer.from([0x0b, 0x0c]))],
      ['field number 0', span(Buffer.from([0x02, 0x00]))],
      ['a varint without an end', span(Buffer.alloc(12, 0xff))],
      ['a tag of six bytes', span(Buffer.from([0x82, 0x80, 0x80, 0x80, 0x80, 0x00, 0x00]))],
      ['half a span', protobufOf('traces', 'half').subarray(0, -3)],
      ['a text behind the last field', Buffer.concat([protobufOf('traces', 'tail'), Buffer.from('tail')])],
      ['logs under the name of traces', Buffer.concat([Buffer.from([0x0d]), protobufOf('logs', 'logs')])],
    ] as const
  ).map(([name, bytes]) => [name, envelopeOf('traces', bytes)]);
  const LINES: readonly (readonly [string, string])[] = [
    ...POISON,
    ['two signals in one line', '{"resourceSpans":[],"resourceLogs":[{"scopeLogs":[]}]}'],
    ['JSON with an enum by its name', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":"SPAN_KIND_SERVER"}]}]}]}'],
    ['gzip in gzip', envelopeOf('traces', Buffer.from(envelopeOf('traces', Buffer.alloc(9))))],
    ['a line that was cut', line('traces', 'cut').slice(0, -9)],
  ];

  it.each(LINES)('D16, D18: %s is set aside alone, and all its neighbours arrive', async (_what, poison) => {
    const { invoke, collector, reports, stored } = await forwardingOf();
    await invoke(eventOf([line('traces', 'before'), poison, line('traces', 'after'), poison]));
    // One merged request, which an independent codec can read.
    expect(collector.requests).toHaveLength(1);
    expect(itemsOf(collector.requests, 'before')).toBe(1);
    expect(itemsOf(collector.requests, 'after')).toBe(1);
    expect(reports[0]).toMatchObject({ lines: { in: 4, decoded: 2, quarantined: 2 }, balanced: true });
    expect(stored().map(({ key }) => key.split('/').slice(0, 2).join('/'))).toEqual(['quarantine/lines']);
  });

  it('D12: what only the backend refuses is found and set aside alone', async () => {
    const { invoke, collector, reports, stored } = await forwardingOf(
      {},
      { script: ({ body }) => ({ status: body.includes('poison-') ? 400 : 200 }) },
    );
    const neighbours = Array.from({ length: 30 }, (_, index) => line('logs', `n${index}`));
    await invoke(eventOf([...neighbours.slice(0, 11), line('logs', 'poison'), ...neighbours.slice(11)]));
    const accepted = collector.requests.filter(({ body }) => !body.includes('poison-'));
    for (let index = 0; index < 30; index++) expect(itemsOf(accepted, `n${index}`)).toBe(1);
    expect(reports[0]?.destinations).toMatchObject({ otlp_http: { logs: { delivered: 30, quarantined: 1 } } });
    expect(stored().map(({ key }) => key.split('/').slice(0, 3).join('/'))).toEqual(['quarantine/otlp_http/logs']);
  });
});

describe('getting around exclude and match', () => {
  const secret = '/aws/lambda/secret-vault';
  const told = {
    logGroup: secret,
    log_group: '/aws/lambda/shop',
    owner: '999',
    logStream: 'x',
    messageType: 'DATA_MESSAGE',
  };
  const inner = eventOf([line('traces', 'inner')], { logGroup: '/aws/lambda/shop' });
  const LINES: Readonly<Record<string, string>> = {
    'the source of an envelope': line('traces', 'a', { source: '/aws/lambda/shop' }),
    'fields of the envelope named like those of CloudWatch': line('traces', 'a', {
      ...told,
      logGroup: '/aws/lambda/shop',
      metadata: { log_group: '/aws/lambda/shop' },
      attributes: { log_group: '/aws/lambda/shop' },
      records: ['x'],
    }),
    'headers of the envelope, allow-listed ones among them': line('traces', 'a', {
      headers: {
        log_group: '/aws/lambda/shop',
        owner: '999',
        'header.log_group': 'x',
        'log-group': '/aws/lambda/shop',
      },
    }),
    'a wrapped line that names another group': JSON.stringify({
      ...told,
      logGroup: '/aws/lambda/shop',
      message: line('traces', 'a'),
    }),
    'an endpoint below another path': line('traces', 'a', { endpoint: 'http://localhost/aws/lambda/shop/v1/traces' }),
    'resource attributes': JSON.stringify(jsonOf('traces', 'a')).replaceAll('service.name', 'aws.log.group.names'),
    'a subscription event inside a line': JSON.stringify(inner),
    'the data of one inside a line': JSON.stringify({ message: JSON.stringify(inner) }),
    'keys that reach for a prototype': line(
      'traces',
      'a',
      JSON.parse('{"__proto__":{"log_group":"/aws/lambda/shop"}}') as object,
    ),
  };

  it.each(Object.keys(LINES))('D1, D19: %s changes nothing', async (what) => {
    const other = { logGroup: secret };
    const { url } = await forwardingOf().then(({ collector }) => collector);
    const { collector, invoke, reports } = await forwardingOf({
      exporters: {
        'otlp_http/include': { endpoint: url, match: { include: { log_group: ['/aws/lambda/shop*'] } } },
        'otlp_http/exclude': { endpoint: url, match: { exclude: { log_group: ['*secret*'] } } },
        'otlp_http/owner': { endpoint: url, match: { include: { owner: ['999'] } } },
        'otlp_http/stream': { endpoint: url, match: { include: { log_stream: ['x'] } } },
      },
      encodings: { otlp_stdout: { headers: ['log_group', 'owner', 'log-group'] } },
    });
    await invoke(eventOf([LINES[what] ?? ''], other));
    expect(collector.requests).toHaveLength(0);
    for (const counts of Object.values(reports[0]?.destinations ?? {})) {
      const [{ decoded, filtered, delivered = 0 } = { decoded: 1 }] = Object.values(counts);
      expect({ filtered, delivered }).toEqual({ filtered: decoded, delivered: 0 });
    }
    expect(reports[0]).toMatchObject({ lines: { quarantined: 0 }, balanced: true });
  });

  it('D1, D19: a filter in the pipeline looks at nothing else either', async () => {
    const { invoke, collector } = await forwardingOf({
      processors: { filter: { exclude: { log_group: [secret] } } },
      steps: ['filter', 'batch'],
    });
    await invoke(eventOf(Object.values(LINES), { logGroup: secret }));
    expect(collector.requests).toHaveLength(0);
    await invoke(eventOf([line('traces', 'shop')]));
    expect(collector.requests).toHaveLength(1);
  });
});

describe('polluting prototypes', () => {
  const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'];
  const own = (): readonly string[] => Object.getOwnPropertyNames(Object.prototype);
  /** JSON in which each of these names stands beside what is there, with something to pollute with. */
  const withKeys = (json: string): string =>
    json.replaceAll('{', `{${KEYS.map((key) => `"${key}":{"polluted":"yes","headers":{"polluted":"yes"}},`).join('')}`);

  it('keys of prototypes everywhere in envelopes, events and OTLP/JSON are names like any other, or nothing', async () => {
    const before = own();
    const { invoke, collector, reports, redrive } = await forwardingOf({
      processors: {
        attributes: {
          actions: [{ action: 'upsert', key: '__proto__', value: 'ours' }],
        },
      },
      steps: ['attributes', 'batch'],
      encodings: { otlp_stdout: { headers: ['__proto__', 'constructor', 'tenant'] } },
    });
    const lines = SIGNALS.flatMap((signal: Signal) => [
      withKeys(JSON.stringify(jsonOf(signal, 'plain'))),
      withKeys(line(signal, 'envelope', { headers: { tenant: 'a' } })),
      line(signal, 'headers', { headers: JSON.parse('{"__proto__":"x","constructor":"y","tenant":"a"}') as object }),
      envelopeOf(signal, Buffer.from(withKeys(JSON.stringify(jsonOf(signal, 'json')))), {
        'content-type': 'application/json',
      }),
      withKeys('{').slice(0, -1) + `,"message":${JSON.stringify(withKeys(line(signal, 'wrapped')))}}`,
      JSON.stringify(jsonOf(signal, 'names')).replaceAll('"test.id"', '"__proto__"'),
    ]);
    await invoke(
      eventOf(
        lines,
        JSON.parse('{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}') as object,
      ),
    );
    await redrive();
    expect(reports[0]?.faults).toBeUndefined();
    expect(own()).toEqual(before);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(reports[0]).toMatchObject({ lines: { decoded: lines.length, quarantined: 0 }, balanced: true });
    for (const prefix of ['plain', 'envelope', 'headers', 'json', 'wrapped', 'names'])
      expect([prefix, itemsOf(collector.requests, prefix)]).toEqual([prefix, SIGNALS.length]);
    expect(receivedJson(collector.requests).join('')).toContain('{"key":"__proto__","value":{"stringValue":"ours"}}');
  });
});
