import { expect } from 'vitest';
import { collectorOf, destinationsOf, forwardToSecrets, internal, LINES } from './forwarding.ts';
import { migrationTable } from './table.ts';

const ENDPOINT = 'https://collector.example';
const XRAY = 'https://xray.eu-west-1.amazonaws.com';

/** What a collector got as headers when its secret had this `auth`. */
const headersWith = async (fields: object): Promise<Readonly<Record<string, unknown>> | undefined> => {
  const collector = await collectorOf();
  await forwardToSecrets({ a: { name: 'a', endpoint: collector.url, ...fields } });
  return collector.requests[0]?.headers;
};

/** How many requests a collector got of lines of this log group. */
const requestsFrom = async (logGroup: string, fields: object): Promise<number> => {
  const collector = await collectorOf();
  await forwardToSecrets({ a: { name: 'a', endpoint: collector.url, ...fields } }, [LINES.traces], logGroup);
  return collector.requests.length;
};

/** Whether a destination takes telemetry of this origin. */
const takes = async (fields: object, metadata: Readonly<Record<string, string>>): Promise<boolean> =>
  (await destinationsOf({ a: { endpoint: ENDPOINT, ...fields } })).matchers.get('otlp_http/a')?.(metadata) ?? true;

/** What becomes of a secret that is wrong, beside one that is not. */
const brokenBeside = async (secret: unknown): Promise<void> => {
  const collector = await collectorOf();
  const { report, waiting } = await forwardToSecrets({ a: secret, b: { name: 'b', endpoint: collector.url } });
  expect(collector.requests).toHaveLength(1);
  expect(waiting).toEqual({ 'otlp_http/a': 1 });
  expect(report.destinations).toMatchObject({
    'otlp_http/a': { traces: { pending: 1 } },
    'otlp_http/b': { traces: { delivered: 1 } },
  });
  expect(report.balanced).toBe(true);
};

migrationTable('Secrets', {
  'a secret under the prefix': async () => {
    const secrets = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`s${index}`, { endpoint: ENDPOINT }]));
    const { exporters } = await destinationsOf(secrets);
    expect(Object.keys(exporters)).toEqual(Array.from({ length: 30 }, (_, index) => `otlp_http/s${index}`));
    const pages: unknown[] = [];
    const aws = await collectorOf({
      script: ({ body }) => {
        const { NextToken } = JSON.parse(body.toString()) as { readonly NextToken?: string };
        pages.push(NextToken);
        const SecretValues = [{ Name: `keys/${pages.length}`, SecretString: '{}' }];
        return {
          body: JSON.stringify({ SecretValues, ...(pages.length < 3 ? { NextToken: String(pages.length) } : {}) }),
        };
      },
    });
    const { listSecrets } = await internal<{ readonly listSecrets: (...args: readonly unknown[]) => Promise<object> }>(
      'secrets-prefix-list.ts',
    );
    const credentials = () => Promise.resolve({ accessKeyId: 'a', secretAccessKey: 'b' });
    const env = { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: aws.url };
    const listed = await listSecrets({ credentials, env }, 'keys', 5000);
    expect(listed).toMatchObject({ secrets: [{ name: 'keys/1' }, { name: 'keys/2' }, { name: 'keys/3' }] });
    expect(pages).toEqual([undefined, '1', '2']);
  },
  name: async () => {
    const { exporters } = await destinationsOf({
      one: { name: 'same', endpoint: ENDPOINT },
      two: { name: 'same', endpoint: ENDPOINT },
      three: { endpoint: ENDPOINT },
    });
    expect(Object.keys(exporters)).toEqual(['otlp_http/one', 'otlp_http/two', 'otlp_http/three']);
  },
  endpoint: async () => {
    const collector = await collectorOf();
    const elsewhere =
      '{"__otel_otlp_stdout":"1","source":"s","endpoint":"http://x/admin/v1/traces","method":"POST","content-type":"application/json","payload":{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"e"}]}]}]}}';
    await forwardToSecrets({ a: { endpoint: `${collector.url}/base/` } }, [
      LINES.traces,
      LINES.metrics,
      LINES.logs,
      elsewhere,
    ]);
    expect(new Set(collector.requests.map(({ path }) => path))).toEqual(
      new Set(['/base/v1/traces', '/base/v1/metrics', '/base/v1/logs']),
    );
  },
  'auth absent, null or empty': async () => {
    for (const fields of [{}, { auth: null }, { auth: '' }])
      expect(await headersWith(fields)).not.toHaveProperty('authorization');
  },
  'auth none': async () => {
    expect(await headersWith({ auth: 'none' })).not.toHaveProperty('authorization');
    expect((await destinationsOf({ a: { endpoint: ENDPOINT, auth: 'none' } })).warnings).toEqual([]);
  },
  'auth sigv4 or iam': async () => {
    const settingsOf = async (endpoint: string, auth: string): Promise<unknown> =>
      (await destinationsOf({ a: { endpoint, auth } })).exporters['otlp_http/a']?.auth;
    for (const auth of ['sigv4', 'SigV4', 'iam', 'IAM']) {
      expect(await settingsOf(ENDPOINT, auth)).toEqual({ sigv4: { service: 'xray', region: 'eu-west-1' } });
      expect(await settingsOf('https://xray.us-east-2.amazonaws.com', auth)).toEqual({ sigv4: { service: 'xray' } });
    }
  },
  'auth header=value': async () => {
    expect(await headersWith({ auth: 'X-Api-Key=abc=,x-other=1' })).toMatchObject({ 'x-api-key': 'abc=,x-other=1' });
  },
  'auth of any other kind': () => brokenBeside({ endpoint: ENDPOINT, auth: 'unknown' }),
  exclude: async () => {
    expect(await requestsFrom('/aws/lambda/dev-shop', { exclude: '/dev-' })).toBe(0);
    expect(await requestsFrom('/aws/lambda/shop', { exclude: '/dev-' })).toBe(1);
    expect(await takes({ exclude: '^dev-' }, { log_group: '/aws/lambda/x', source: 'dev-shop' })).toBe(false);
    expect(await takes({ exclude: '^dev-' }, { log_group: '/aws/lambda/x', source: 'shop' })).toBe(true);
  },
  'exclude that does not compile': async () => {
    expect(await requestsFrom('/aws/lambda/shop', { exclude: '[invalid regex' })).toBe(0);
  },
  'exclude with lookaround': async () => {
    for (const exclude of ['(?=a)', '(?!a)', '(?<=a)', '(?<!a)', '(a)\\1'])
      expect(await takes({ exclude }, { log_group: 'b' })).toBe(false);
  },
  'exclude that backtracks': async () => {
    const log_group = `${'a'.repeat(500)}!`;
    expect(await takes({ exclude: '^(a+)+$' }, { log_group })).toBe(true);
    expect(await takes({ exclude: '^(a|a)*!$' }, { log_group })).toBe(false);
    expect(await takes({ exclude: '^x$' }, { log_group: 'a'.repeat(513) })).toBe(false);
    for (const exclude of ['\\p{L}', '[[:alpha:]]', '[a[b]]', '(?m)^x', '(?x)x', '(?U)x', '(?R)x'])
      expect((await destinationsOf({ a: { endpoint: ENDPOINT, exclude } })).warnings).toHaveLength(1);
  },
  'exclude empty': async () => {
    expect(await requestsFrom('/aws/lambda/shop', { exclude: '' })).toBe(0);
    expect((await destinationsOf({ a: { endpoint: ENDPOINT, exclude: '' } })).warnings).toHaveLength(1);
  },
  'disabled true': async () => {
    for (const disabled of [true, 'true', 'True'])
      expect(await requestsFrom('/g', { disabled, exclude: null })).toBe(0);
    for (const disabled of [false, 'false', 'False']) expect(await requestsFrom('/g', { disabled })).toBe(1);
  },
  'disabled of any other kind': () => brokenBeside({ endpoint: ENDPOINT, disabled: 'yes' }),
  'a secret that is no JSON object': async () => {
    await brokenBeside('x-api-key=abc');
    await brokenBeside('["https://collector.example"]');
  },
  'spans of aws/spans, sent to AWS': async () => {
    for (const fields of [{ endpoint: XRAY }, { endpoint: XRAY, exclude: 'x' }]) {
      expect(await takes(fields, { log_group: 'aws/spans' })).toBe(false);
      expect(await takes(fields, { log_group: '/aws/lambda/shop' })).toBe(true);
    }
  },
  'metrics and logs, sent to X-Ray': async () => {
    const { pipelines } = await destinationsOf({ a: { endpoint: XRAY, auth: 'sigv4' }, b: { endpoint: ENDPOINT } });
    expect(pipelines).toEqual({
      traces: { exporters: ['otlp_http/a', 'otlp_http/b'] },
      metrics: { exporters: ['otlp_http/b'] },
      logs: { exporters: ['otlp_http/b'] },
    });
  },
});
