import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { destinationsOfSecrets, prefixOf, type SecretDestinations } from './secrets-prefix.ts';

const of = (...secrets: readonly (readonly [name: string, secret: unknown])[]): SecretDestinations =>
  destinationsOfSecrets(
    secrets.map(([name, secret]) => ({
      name: `keys/${name}`,
      found: { value: typeof secret === 'string' ? secret : JSON.stringify(secret) },
    })),
    'keys',
    { AWS_REGION: 'eu-west-1' },
  );

const one = (fields: object): SecretDestinations =>
  of(['a', { name: 'n', endpoint: 'https://collector.example', ...fields }]);

const takes = (found: SecretDestinations, metadata: Readonly<Record<string, string>>, id = 'otlp_http/a'): boolean =>
  found.matchers.get(id)?.(metadata) ?? true;

describe('destinationsOfSecrets', () => {
  it('makes a destination of each secret, and all signals go to each', () => {
    const found = of(
      ['default', { name: 'x', endpoint: 'https://collector.example/base', auth: 'X-Api-Key=abc=' }],
      ['backup', { name: 'x', endpoint: 'http://localhost:4318' }],
    );
    expect(found.exporters).toEqual({
      'otlp_http/default': { endpoint: 'https://collector.example/base', headers: { 'x-api-key': 'abc=' } },
      'otlp_http/backup': { endpoint: 'http://localhost:4318/' },
    });
    const ids = { exporters: ['otlp_http/default', 'otlp_http/backup'] };
    expect(found).toMatchObject({
      pipelines: { traces: ids, metrics: ids, logs: ids },
      broken: {},
      closed: {},
      warnings: [],
    });
    expect(found.matchers.size).toBe(0);
  });

  it.each<[string, unknown, object]>([
    ['absent', undefined, {}],
    ['null', null, {}],
    ['empty', '', {}],
    ['none', 'none', {}],
    ['None', ' None ', {}],
    ['sigv4', 'sigv4', { auth: { sigv4: { service: 'xray', region: 'eu-west-1' } } }],
    ['IAM', 'IAM', { auth: { sigv4: { service: 'xray', region: 'eu-west-1' } } }],
    ['a header', 'Authorization=Basic dXNlcjpwYXNz==', { headers: { authorization: 'Basic dXNlcjpwYXNz==' } }],
    ['a header with spaces around', ' x-key = v ', { headers: { 'x-key': 'v' } }],
  ])('auth: %s', (_what, auth, expected) => {
    const found = one(auth === undefined ? {} : { auth });
    expect(found.exporters['otlp_http/a']).toEqual({ endpoint: 'https://collector.example/', ...expected });
    expect([found.broken, found.warnings]).toEqual([{}, []]);
  });

  it('what looks like several headers is one, as it was, and a warning says so', () => {
    const found = one({ auth: 'api-key=a,x-other=b' });
    expect(found.exporters['otlp_http/a']).toMatchObject({ headers: { 'api-key': 'a,x-other=b' } });
    expect(found.warnings).toEqual([
      'the secret keys/a has an "auth" that looks like several headers; it is sent as one, as it was',
    ]);
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', 'canary', /^the secret keys\/a is not JSON$/],
    ['a list', ['canary'], /is not a JSON object/],
    ['no endpoint', { name: 'canary' }, /has no "endpoint"/],
    ['no URL', { endpoint: 'canary' }, /has no "endpoint"/],
    ['another protocol', { endpoint: 'ftp://canary' }, /has no "endpoint"/],
    ['an auth of another type', { endpoint: 'https://c', auth: { canary: 1 } }, /has an "auth" that is not text/],
    ['an auth nobody knows', { endpoint: 'https://c', auth: 'canary' }, /none of header=value, sigv4, iam and none/],
    ['a header that cannot be sent', { endpoint: 'https://c', auth: 'a b=canary' }, /none of header=value/],
    ['a value that cannot be sent', { endpoint: 'https://c', auth: 'a=canary\r\nx: y' }, /none of header=value/],
    ['a header without a value', { endpoint: 'https://c', auth: 'canary=' }, /none of header=value/],
    ['a switch that is none', { endpoint: 'https://c', disabled: 'canary' }, /neither true nor false/],
    ['a switch of another type', { endpoint: 'https://c', disabled: 1 }, /neither true nor false/],
  ])('D4: %s fails alone, and is not repeated', (_what, secret, reason) => {
    const found = of(['a', secret], ['b', { endpoint: 'https://b.example' }]);
    expect(Object.keys(found.broken)).toEqual(['otlp_http/a']);
    expect(found.broken['otlp_http/a']).toMatch(reason);
    expect(found.exporters).toEqual({ 'otlp_http/a': {}, 'otlp_http/b': { endpoint: 'https://b.example/' } });
    expect(found.pipelines.logs).toEqual({ exporters: ['otlp_http/a', 'otlp_http/b'] });
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  it('D4: one that cannot be read fails alone', () => {
    const found = destinationsOfSecrets(
      [{ name: 'k/a', found: { problem: 'may not be read', permanent: true } }],
      'k',
      {},
    );
    expect(found).toMatchObject({ broken: { 'otlp_http/a': 'the secret k/a may not be read' }, closed: {} });
  });

  it.each([true, 'true', 'True', ' TRUE '])('disabled: %j makes no destination', (disabled) => {
    expect(one({ disabled })).toMatchObject({ exporters: {}, pipelines: { traces: { exporters: [] } }, broken: {} });
    expect(of(['a', { disabled, endpoint: 7 }])).toMatchObject({ broken: {} });
  });

  it.each([false, 'false', 'FALSE'])('disabled: %j makes one', (disabled) =>
    expect(Object.keys(one({ disabled }).exporters)).toHaveLength(1),
  );

  it('D1: exclude is looked for in the log group and in the source: either match excludes', () => {
    const found = one({ exclude: '^/aws/lambda/dev-|^dev-' });
    expect(takes(found, { log_group: '/aws/lambda/api', source: 'api' })).toBe(true);
    expect(takes(found, { log_group: '/aws/lambda/dev-api', source: 'api' })).toBe(false);
    expect(takes(found, { log_group: '/aws/lambda/api', source: 'dev-api' })).toBe(false);
    expect(takes(found, { log_group: '/aws/lambda/api' })).toBe(true);
    expect(takes(found, {})).toBe(true);
  });

  it.each<[string, unknown]>([
    ['that does not compile', '[canary'],
    ['that is beyond what can be run safely', '(?=canary)'],
    ['of another type', { canary: 1 }],
  ])('F18: an exclude %s closes the destination for everything', (_what, exclude) => {
    const found = one({ exclude });
    expect(takes(found, { log_group: 'any' })).toBe(false);
    expect(Object.keys(found.closed)).toEqual(['otlp_http/a']);
    expect(found.broken).toEqual({});
    expect(found.warnings).toEqual([
      expect.stringMatching(/the secret keys\/a has an "exclude" that cannot be used: .*; nothing is sent/),
    ]);
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  it('F18: also when something else is wrong with it', () => {
    const found = of(['a', { exclude: '[', endpoint: 'x' }]);
    expect([Object.keys(found.broken), Object.keys(found.closed)]).toEqual([['otlp_http/a'], ['otlp_http/a']]);
    expect(takes(found, { log_group: 'any' })).toBe(false);
  });

  it('F27: text that is too long to be searched is excluded', () => {
    expect(takes(one({ exclude: 'x' }), { log_group: 'g', source: 'a'.repeat(600) })).toBe(false);
    expect(takes(one({}), { log_group: 'g', source: 'a'.repeat(600) })).toBe(true);
  });

  it('an empty exclude matches everything, as it did, and a warning says so', () => {
    const found = one({ exclude: '' });
    expect(takes(found, { log_group: 'any' })).toBe(false);
    expect(found.warnings).toEqual([expect.stringContaining('empty "exclude"')]);
    expect(takes(one({ exclude: null }), { log_group: 'any' })).toBe(true);
  });

  it('spans that AWS logs do not go back to AWS, whatever else is excluded', () => {
    for (const exclude of [null, 'x'])
      for (const host of ['xray.us-east-1.amazonaws.com', 'xray.us-east-1.api.aws', 'x.cn-north-1.amazonaws.com.cn']) {
        const found = one({ endpoint: `https://${host}`, exclude });
        expect(takes(found, { log_group: 'aws/spans' })).toBe(false);
        expect(takes(found, { log_group: 'g', source: 'aws/spans' })).toBe(false);
        expect(takes(found, { log_group: '/aws/lambda/a' })).toBe(true);
      }
    expect(takes(one({ endpoint: 'https://amazonaws.com.evil.example' }), { log_group: 'aws/spans' })).toBe(true);
  });

  it('X-Ray gets traces alone: it takes nothing else', () => {
    const found = one({ endpoint: 'https://xray.eu-west-1.amazonaws.com', auth: 'sigv4' });
    expect(found.exporters).toEqual({
      'otlp_http/a': {
        traces_endpoint: 'https://xray.eu-west-1.amazonaws.com/v1/traces',
        auth: { sigv4: { service: 'xray' } },
      },
    });
    expect(found.pipelines).toEqual({
      traces: { exporters: ['otlp_http/a'] },
      metrics: { exporters: [] },
      logs: { exporters: [] },
    });
  });

  it('ids depend on the name of the secret alone', () => {
    const idsOf = (...names: readonly string[]): readonly string[] =>
      Object.keys(of(...names.map((name) => [name, { name: 'same', endpoint: 'https://c' }] as const)).exporters);
    expect(idsOf('a', 'b.c_d-e')).toEqual(['otlp_http/a', 'otlp_http/b.c_d-e']);
    const [slash, plus] = idsOf('x/y', 'x+y');
    expect([slash, plus]).toEqual([
      expect.stringMatching(/^otlp_http\/x_y-[0-9a-f]{8}$/),
      expect.stringMatching(/^otlp_http\/x_y-[0-9a-f]{8}$/),
    ]);
    expect(slash).not.toBe(plus);
    expect(idsOf('x+y')).toEqual([plus]);
    expect(idsOf('z'.repeat(400))[0]?.length).toBeLessThan(100);
  });

  it('throws nothing and repeats nothing, whatever is in a secret', () => {
    const field = fc.oneof(
      fc.jsonValue(),
      fc.string(),
      fc.constantFrom('true', 'sigv4', 'https://c', '[', '(a+)+$', 'k=v'),
    );
    const secret = fc.oneof(
      fc.string(),
      fc
        .record({ endpoint: field, auth: field, exclude: field, disabled: field }, { requiredKeys: [] })
        .map((fields) => JSON.stringify(fields)),
      fc.constant('{"__proto__":{"endpoint":"https://c"},"constructor":1}'),
    );
    fc.assert(
      fc.property(secret, (text) => {
        const found = of(['a', text]);
        for (const matches of found.matchers.values()) matches({ log_group: text, source: text });
        expect(Object.keys(found.broken).every((id) => id === 'otlp_http/a')).toBe(true);
      }),
    );
    expect(({} as { endpoint?: unknown }).endpoint).toBeUndefined();
  });
});

describe('prefixOf', () => {
  it('is the setting, else the variable of the reference', () => {
    const env = { COLLECTORS_SECRETS_KEY_PREFIX: 'serverless-otlp-forwarder/keys/' };
    expect(prefixOf(env)).toBe('serverless-otlp-forwarder/keys/');
    expect(prefixOf(env, 'own')).toBe('own');
    expect(prefixOf({})).toBeUndefined();
    expect(prefixOf({ COLLECTORS_SECRETS_KEY_PREFIX: '' }, '')).toBeUndefined();
  });
});
