import { readFileSync } from 'node:fs';
import { createForwarder } from '@serverless-otlp/forwarder';
import { buildForwarder, configOfEnvironment } from '@serverless-otlp/forwarder/config';
import { expect } from 'vitest';
import { collectorOf, forwardWith, internal, LINES } from './forwarding.ts';
import { GUIDE, migrationTable } from './table.ts';

const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** A record as CloudWatch Application Signals writes it. */
const AWS_SPAN =
  '{"resource":{"attributes":{"service.name":"shop"}},"traceId":"6759b1c50e59b643038a6a070e115043","spanId":"0123456789abcdef","name":"GET","kind":"SERVER","startTimeUnixNano":1733931461640310404,"endTimeUnixNano":1733931461740310404,"attributes":{},"status":{"code":"OK"}}';

const optionOf = (name: string): string => new RegExp(`--${name} '([^']*)'`).exec(GUIDE)?.[1] ?? '';

migrationTable('Template parameters', {
  RouteAllLogs: () => {
    expect(GUIDE).toContain('aws logs put-account-policy --policy-name LambdaSubscriptionPolicy');
    expect(JSON.parse(optionOf('policy-document'))).toEqual({
      DestinationArn: expect.stringMatching(/:function:otlp-forwarder$/) as string,
      FilterPattern: '{ $.__otel_otlp_stdout = * }',
    });
  },
  'VpcId and SubnetIds': async () => {
    expect(GUIDE).toContain('`--vpc-config` of `aws lambda update-function-configuration`');
    interface Source {
      readonly read: (names: readonly string[], timeoutMs: number) => Promise<ReadonlyMap<string, object>>;
    }
    const { secretsManager } = await internal<{ readonly secretsManager: (options: object) => Source }>(
      'values/secrets-manager.ts',
    );
    const nobody = await collectorOf();
    await nobody.close();
    const credentials = () => Promise.resolve({ accessKeyId: 'a', secretAccessKey: 'b' });
    const env = { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: nobody.url };
    const found = await secretsManager({ credentials, env, sleep: () => Promise.resolve() }).read(['a'], 2000);
    expect(found.get('a')).toMatchObject({
      problem: expect.stringContaining('the interface endpoint com.amazonaws.eu-west-1.secretsmanager') as string,
    });
  },
  CollectorExtensionArn: async () => {
    const extension = await collectorOf();
    await forwardWith({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${extension.port}` });
    expect(extension.requests.map(({ path }) => path)).toEqual(['/v1/traces']);
  },
  CollectorConfigMapArn: async () => {
    const [one, other] = [await collectorOf(), await collectorOf()];
    const config = {
      exporters: { 'otlp_http/one': { endpoint: one.url }, 'otlp_http/other': { endpoint: other.url } },
      service: { pipelines: { traces: { exporters: ['otlp_http/one', 'otlp_http/other'] } } },
    };
    await forwardWith({}, [LINES.traces], { config });
    expect([one.requests.length, other.requests.length]).toEqual([1, 1]);
  },
  CollectorsSecretsKeyPrefix: async () => {
    interface Prefix {
      readonly prefixOf: (env: Readonly<Record<string, string>>, setting?: string) => string | undefined;
    }
    const { prefixOf } = await internal<Prefix>('secrets-prefix.ts');
    expect(prefixOf({ COLLECTORS_SECRETS_KEY_PREFIX: 'theirs/' })).toBe('theirs/');
    expect(prefixOf({ COLLECTORS_SECRETS_KEY_PREFIX: 'theirs/' }, 'set')).toBe('set');
  },
  CollectorsCacheTtlSeconds: () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c' };
    expect(configOfEnvironment({ ...env, COLLECTORS_CACHE_TTL_SECONDS: '1' })).toEqual(configOfEnvironment(env));
  },
  'ProcessorType and SpanLogGroupName': async () => {
    const collector = await collectorOf();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const report = await forwardWith(env, [AWS_SPAN, LINES.traces], { logGroup: 'aws/spans' });
    expect(report).toMatchObject({ lines: { in: 2, decoded: 1, ignored: 1, quarantined: 0 }, balanced: true });
  },
  'KinesisStreamMode and ShardCount': async () => {
    const { config } = configOfEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c' });
    const forwarder = createForwarder({ ...buildForwarder(config), onReport: () => undefined });
    const event = { Records: [{ eventSource: 'aws:kinesis', kinesis: { data: '' } }] };
    await expect(forwarder(event, { getRemainingTimeInMillis: () => 1000 })).rejects.toThrow(/no receiver accepts/);
  },
  'DeployDemo, DemoExporterProtocol and DemoExporterCompression': () => expect(scripts).toHaveProperty('start'),
  DeployBenchmark: () => expect(scripts).toHaveProperty('bench'),
});
