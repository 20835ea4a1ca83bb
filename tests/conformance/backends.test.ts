import { SIGNALS } from '@serverless-otlp/otlp';
import { protobufjsOracle } from '@serverless-otlp/testing';
import { describe, expect, it } from 'vitest';
import { type BackendCase, checkBackend } from './backends/check.ts';
import { type AwsAccount, awsCloudwatch } from './backends/fakes/aws-cloudwatch.ts';
import { axiom } from './backends/fakes/axiom.ts';
import type { Backend } from './backends/fakes/backend.ts';
import { datadog } from './backends/fakes/datadog.ts';
import { dynatrace } from './backends/fakes/dynatrace.ts';
import { elastic } from './backends/fakes/elastic.ts';
import { grafanaCloud } from './backends/fakes/grafana-cloud.ts';
import { honeycomb } from './backends/fakes/honeycomb.ts';
import { newRelic } from './backends/fakes/new-relic.ts';
import { otelCollector } from './backends/fakes/otel-collector.ts';
import { forAll, maxBytes } from './backends/fakes/rules.ts';
import { signoz } from './backends/fakes/signoz.ts';
import { errorsOf, forward } from './backends/forwarding.ts';
import { guideNamed, GUIDES, troublesIn } from './backends/guide.ts';
import { lineOf } from './backends/telemetry.ts';

/** One metric of each kind: a sum, a gauge, two kinds of histogram, and a gauge. */
const cumulative = [{ signal: 'metrics', items: 5, temporality: 'cumulative' }] as const;

const basic = Buffer.from('123456:glc_canary-of-grafana').toString('base64');

const ACCOUNT: AwsAccount = {
  region: 'eu-central-1',
  signer: { accessKeyId: 'ASIACANARY', secretAccessKey: 'canary/of+aws', sessionToken: 'canary//of==sessions' },
  logGroup: '/otlp/shop',
  logStream: 'forwarder',
};

/** As Lambda gives them to the function. */
const AWS_ENV = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: ACCOUNT.signer.accessKeyId,
  AWS_SECRET_ACCESS_KEY: ACCOUNT.signer.secretAccessKey,
  AWS_SESSION_TOKEN: ACCOUNT.signer.sessionToken,
};

const CASES: readonly BackendCase[] = [
  {
    backend: awsCloudwatch(ACCOUNT),
    secrets: {},
    hidden: [ACCOUNT.signer.secretAccessKey, ACCOUNT.signer.sessionToken],
    env: AWS_ENV,
    temporality: 'cumulative',
    large: [
      { signal: 'traces', items: 10_400, usual: true },
      { signal: 'metrics', items: 1_200 },
      { signal: 'logs', items: 240, padding: 6_000 },
    ],
    mistakes: [
      {
        title: 'credentials of nobody',
        env: { AWS_SESSION_TOKEN: 'canary//of==yesterday' },
        says: 'answered 403: The security token included in the request is invalid.',
      },
      {
        title: 'a Region of another service',
        edit: [/auth: { sigv4: {} } # .*/, 'auth: { sigv4: { region: eu-west-1 } }'],
        says: 'answered 403: Credential should be scoped to a valid region and to correct service',
      },
      {
        title: 'Transaction Search that is off',
        backend: awsCloudwatch({ ...ACCOUNT, transactionSearch: false }),
        says: 'answered 400: The OTLP API is supported with CloudWatch Logs as a Trace Segment Destination.',
      },
      {
        title: 'no log stream',
        edit: ['x-aws-log-stream', 'x-log-stream'],
        says: 'answered 400: x-aws-log-group and x-aws-log-stream are required',
      },
      {
        title: 'a log group that does not exist',
        edit: ['x-aws-log-group: /otlp/shop', 'x-aws-log-group: /otlp/shops'],
        says: 'answered 400: The specified log group or log stream does not exist.',
      },
      {
        title: 'records that waited too long',
        samples: [{ signal: 'logs', items: 30, ageMs: 15 * 86_400_000 }],
        says: 'tooOldLogEventCount',
      },
    ],
  },
  {
    backend: otelCollector('canary-of-the-collector'),
    secrets: { '${secretsmanager:otlp/collector#token}': 'canary-of-the-collector' },
    temporality: 'cumulative',
    large: [],
    mistakes: [
      {
        title: 'no token',
        edit: [/ {4}auth: .*\n/, ''],
        says: 'answered 401: missing or empty authorization header: Authorization',
      },
      {
        title: 'another token',
        secrets: { '${secretsmanager:otlp/collector#token}': 'canary-of-another' },
        says: 'answered 401: provided authorization does not match expected scheme or token',
      },
      { title: 'a path in the endpoint', edit: [':4318', ':4318/v1/traces'], says: 'answered 404' },
      {
        title: 'an item that is larger than a request may be there',
        backend: otelCollector('canary-of-the-collector', 200_000),
        samples: [{ signal: 'logs', items: 1, padding: 300_000 }],
        says: 'answered 400: http: request body too large',
      },
    ],
  },
  {
    backend: honeycomb({ 'api.honeycomb.io': 'hcaik_canary', 'api.eu1.honeycomb.io': 'hcbik_canary' }),
    secrets: { '${secretsmanager:otlp/honeycomb#api-key}': 'hcaik_canary' },
    temporality: 'delta',
    large: [],
    mistakes: [
      {
        title: 'a header that is misspelt',
        edit: ['x-honeycomb-team', 'x-honeycomb-key'],
        says: "answered 401: missing 'x-honeycomb-team' header",
      },
      { title: 'a key of another region', edit: ['api.honeycomb.io', 'api.eu1.honeycomb.io'], says: 'answered 401' },
      { title: 'a path in the endpoint', edit: [/honeycomb\.io #/, 'honeycomb.io/v1/traces #'], says: 'answered 404' },
    ],
  },
  {
    backend: grafanaCloud({ 'otlp-gateway-prod-eu-west-2.grafana.net': '123456:glc_canary-of-grafana' }),
    secrets: { '${secretsmanager:otlp/grafana-cloud#token}': 'glc_canary-of-grafana' },
    hidden: [basic],
    temporality: 'cumulative',
    large: [],
    mistakes: [
      {
        title: 'the id of another stack',
        edit: ["'123456'", "'654321'"],
        says: 'answered 401: authentication error: invalid token',
      },
      { title: 'an endpoint without /otlp', edit: ['.net/otlp', '.net'], says: 'answered 404' },
      {
        title: 'delta metrics',
        samples: [{ signal: 'metrics', items: 5, temporality: 'delta' }],
        says: 'answered 400: otlp parse error: invalid temporality and type combination for metric',
        arrive: 2,
      },
    ],
  },
  {
    backend: datadog({ 'otlp.datadoghq.com': 'canary-of-us1', 'otlp.datadoghq.eu': 'canary-of-eu1' }),
    secrets: { '${secretsmanager:otlp/datadog#api-key}': 'canary-of-us1' },
    temporality: 'delta',
    large: [
      { signal: 'traces', items: 240, padding: 20_000 },
      { signal: 'metrics', items: 240, padding: 5_000 },
    ],
    mistakes: [
      { title: 'no source of traces', edit: [/dd-otlp-source/, 'dd-source'], says: 'answered 403' },
      { title: 'the endpoint of another site', edit: [/datadoghq\.com #/, 'datadoghq.eu #'], says: 'answered 403' },
      { title: 'JSON', edit: ['preset: datadog', 'encoding: json'], says: 'answered 415' },
      { title: 'cumulative metrics', samples: cumulative, says: 'answered 400', arrive: 2 },
    ],
  },
  {
    backend: newRelic({ 'otlp.nr-data.net': 'canaryNRAL', 'otlp.eu01.nr-data.net': 'eu01xxcanaryNRAL' }),
    secrets: { '${secretsmanager:otlp/new-relic#license-key}': 'canaryNRAL' },
    temporality: 'delta',
    large: SIGNALS.map((signal) => ({ signal, items: 240, padding: 10_000 })),
    mistakes: [
      { title: 'a header that is misspelt', edit: ['api-key:', 'api_key:'], says: 'answered 401' },
      {
        title: 'a key of another region',
        edit: [/otlp\.nr-data\.net #/, 'otlp.eu01.nr-data.net #'],
        says: 'answered 403',
      },
      { title: 'a path in the endpoint', edit: [/nr-data\.net #/, 'nr-data.net/v1/traces #'], says: 'answered 404' },
    ],
  },
  {
    backend: dynatrace({ 'abc12345.live.dynatrace.com': 'dt0c01.ABC.canary' }),
    secrets: { '${secretsmanager:otlp/dynatrace#token}': 'dt0c01.ABC.canary' },
    temporality: 'delta',
    large: [{ signal: 'logs', items: 240, padding: 15_000 }],
    mistakes: [
      { title: 'a bearer token', edit: ['Api-Token', 'Bearer'], says: 'answered 401' },
      { title: 'an endpoint without its path', edit: ['/api/v2/otlp', ''], says: 'answered 404' },
      { title: 'JSON', edit: ['preset: dynatrace', 'encoding: json'], says: 'answered 415' },
      { title: 'cumulative metrics', samples: cumulative, says: 'UNSUPPORTED_METRIC_TYPE_MONOTONIC_CUMULATIVE_SUM' },
      {
        title: 'summaries',
        samples: [{ signal: 'metrics', items: 30, temporality: 'delta', summaries: true }],
        says: 'UNSUPPORTED_METRIC_TYPE_SUMMARY',
      },
    ],
  },
  {
    backend: elastic({ 'my-project-a1b2c3.ingest.eu-central-1.aws.elastic.cloud': 'Y2FuYXJ5LW9mLWVsYXN0aWM=' }),
    secrets: { '${secretsmanager:otlp/elastic#api-key}': 'Y2FuYXJ5LW9mLWVsYXN0aWM=' },
    temporality: 'delta',
    large: SIGNALS.map((signal) => ({ signal, items: 240, padding: 27_300 })),
    mistakes: [
      { title: 'a bearer token', edit: ['ApiKey', 'Bearer'], says: 'answered 401: ApiKey prefix not found' },
      {
        title: 'a key of another project',
        secrets: { '${secretsmanager:otlp/elastic#api-key}': 'b3RoZXItY2FuYXJ5' },
        says: 'answered 401: the API key is not valid',
      },
      {
        title: 'a key without the privilege',
        secrets: { '${secretsmanager:otlp/elastic#api-key}': 'Y2FuYXJ5=readonly' },
        says: 'answered 403: PermissionDenied',
      },
      {
        title: 'a path in the endpoint',
        edit: [/elastic\.cloud #/, 'elastic.cloud/v1/traces #'],
        says: 'answered 404',
      },
    ],
  },
  {
    backend: signoz({ 'ingest.eu.signoz.cloud': 'canary-of-eu', 'ingest.us.signoz.cloud': 'canary-of-us' }),
    secrets: { '${secretsmanager:otlp/signoz#ingestion-key}': 'canary-of-eu' },
    temporality: 'cumulative',
    large: [],
    mistakes: [
      {
        title: 'the name of an older header',
        edit: ['signoz-ingestion-key:', 'signoz-access-token:'],
        says: 'answered 401',
      },
      { title: 'a key of another region', edit: ['ingest.eu.', 'ingest.us.'], says: 'answered 403' },
      { title: 'a path in the endpoint', edit: [':443', ':443/v1/traces'], says: 'answered 404' },
    ],
  },
  {
    backend: axiom({
      host: 'eu-central-1.aws.edge.axiom.co',
      token: 'xaat-canary',
      datasets: { traces: 'shop-traces', metrics: 'shop-metrics', logs: 'shop-logs' },
    }),
    secrets: { '${secretsmanager:otlp/axiom#token}': 'xaat-canary' },
    temporality: 'delta',
    large: [{ signal: 'logs', items: 12_000, usual: true }],
    mistakes: [
      { title: 'no token', edit: [/ {4}auth: .*\n/, ''], says: 'answered 401' },
      {
        title: 'another edge deployment',
        edit: ['https://eu-central-1', 'https://us-east-1'],
        says: 'answered 403',
      },
      {
        title: 'no dataset',
        edit: [/x-axiom-dataset: shop-logs/, 'x-dataset: shop-logs'],
        says: 'answered 400: missing header X-Axiom-Dataset',
      },
      {
        title: 'the header of other signals for metrics',
        edit: ['x-axiom-metrics-dataset: shop', 'x-axiom-dataset: shop'],
        says: 'answered 400: missing header X-Axiom-Metrics-Dataset',
      },
      {
        title: 'a dataset of another kind',
        edit: ['dataset: shop-logs', 'dataset: shop-traces'],
        says: 'answered 404: dataset not found',
      },
      { title: 'JSON', edit: ['preset: axiom', 'encoding: json'], says: 'answered 415' },
    ],
  },
];

for (const one of CASES) checkBackend(one);

/** What every backend may say, whatever it is: the table of the README. */
describe('any backend', () => {
  const { yaml } = guideNamed('signoz');
  const healthy = signoz({ 'ingest.eu.signoz.cloud': 'canary-of-eu' });
  const secrets = { '${secretsmanager:otlp/signoz#ingestion-key}': 'canary-of-eu' };
  const always = (status: number): Backend => ({ ...healthy, rules: [() => ({ status })] });
  const states: readonly (readonly [string, Backend])[] = [
    ['answered 429', always(429)],
    ['answered 503', always(503)],
    ['answered 413', always(413)],
    ['ENOTFOUND', { ...healthy, hosts: /^nobody$/ }],
  ];

  it.each(states)('%s is in the report, and in the README', async (says, backend) => {
    const impatient = yaml.replace('headers:', 'retry: { max_elapsed_ms: 50 }\n    headers:');
    const lines = [lineOf({ signal: 'logs', items: 1 })];
    const forwarded = await forward({ yaml: impatient, backend, secrets, lines });
    expect(errorsOf(forwarded.report).join('\n')).toContain(says);
    expect(troublesIn('README').filter((row) => row.says === says && row.todo.length > 3)).toHaveLength(1);
  });

  it('is found out how much it takes, where it does not say so beforehand', async () => {
    const narrow: Backend = { ...healthy, rules: [maxBytes(forAll(100_000), { status: 413 }), ...healthy.rules] };
    const lines = [lineOf({ signal: 'logs', items: 240, padding: 2_000 })];
    const { backend, report } = await forward({ yaml, backend: narrow, secrets, lines });
    expect([...backend.ids].sort()).toEqual(lines.flatMap(({ ids }) => ids).sort());
    expect(report.destinations['otlp_http/signoz']?.logs).toMatchObject({ decoded: 240, delivered: 240 });
  });

  it('has no other row in the README', () => {
    expect(troublesIn('README').map(({ says }) => says)).toEqual(states.map(([says]) => says));
  });
});

describe('datadog', () => {
  it('is told of every span that it is of a function', async () => {
    const { yaml } = guideNamed('datadog');
    const lines = [lineOf({ signal: 'traces', items: 30 })];
    const secrets = { '${secretsmanager:otlp/datadog#api-key}': 'canary-of-us1' };
    const { backend } = await forward({
      yaml,
      backend: datadog({ 'otlp.datadoghq.com': 'canary-of-us1' }),
      secrets,
      lines,
    });
    const [exchange] = backend.exchanges;
    const sent = JSON.stringify(protobufjsOracle.decode('traces', exchange?.request.body ?? new Uint8Array(0)));
    const count = (text: string): number => sent.split(text).length - 1;
    expect(count('"resource":')).toBe(3);
    expect(count('{"key":"cloud.provider","value":{"stringValue":"aws"}}')).toBe(3);
    expect(count('{"key":"cloud.platform","value":{"stringValue":"aws_lambda"}}')).toBe(3);
  });
});

describe('the guides', () => {
  it('are those that are tried here', () => {
    expect(CASES.map(({ backend }) => backend.name).sort()).toEqual(GUIDES);
  });
});
