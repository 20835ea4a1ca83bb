import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Report } from '@serverless-otlp/forwarder';
import { loadForwarder } from '@serverless-otlp/forwarder/config';
import { startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { type AwsEmulator, createBucket, startAwsEmulator } from './aws-emulator.ts';
import { ask } from './secrets/aws.ts';
import { subscriptionEvent } from './subscription-event.ts';

let emulator: AwsEmulator;
let bucket: string;
let s3: S3Client;
beforeAll(async () => {
  emulator = await startAwsEmulator();
  bucket = await createBucket(emulator);
  s3 = new S3Client({
    endpoint: emulator.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
});
afterAll(async () => emulator.close());

const LINE = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"checkout"}]}]}]}';

/** Where a configuration can be kept, and how it gets there. */
const PLACES: readonly (readonly [string, () => string, (text: string) => Promise<unknown>])[] = [
  [
    'Systems Manager',
    () => 'ssm:/forwarder/config',
    (Value) =>
      ask(emulator, 'AmazonSSM.PutParameter', {
        Name: '/forwarder/config',
        Value,
        Type: 'SecureString',
        Overwrite: true,
      }),
  ],
  [
    'Secrets Manager',
    () => 'secretsmanager:forwarder/config',
    async (SecretString) => {
      const SecretId = 'forwarder/config';
      await ask(emulator, 'secretsmanager.CreateSecret', { Name: SecretId }).catch(() => undefined);
      await ask(emulator, 'secretsmanager.PutSecretValue', { SecretId, SecretString });
    },
  ],
  [
    'S3',
    () => `s3://${bucket}/forwarder.yaml`,
    (Body) => s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'forwarder.yaml', Body })),
  ],
];

describe('a configuration that is kept at AWS, on an emulator of it', () => {
  it.each(PLACES)(
    'is read from %s with what it refers to, and its next version is in use without a deployment',
    async (_, placeOf, keep) => {
      const collector = await startFakeCollector();
      onTestFinished(() => collector.close());
      await ask(emulator, 'AmazonSSM.PutParameter', {
        Name: '/otlp/key',
        Value: 'key-1',
        Type: 'SecureString',
        Overwrite: true,
      });
      const version = (name: string): string =>
        [
          'exporters:',
          `  otlp_http/${name}: { endpoint: '${collector.url}', headers: { x-api-key: '\${ssm:/otlp/key}' } }`,
          'service:',
          '  reload_ms: 1000',
          `  pipelines: { traces: { exporters: [otlp_http/${name}] } }`,
        ].join('\n');
      await keep(version('one'));
      const reports: Report[] = [];
      const warnings: string[] = [];
      const forwarder = await loadForwarder({
        env: {
          OTLP_FORWARDER_CONFIG: placeOf(),
          AWS_ENDPOINT_URL: emulator.endpoint,
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: 'any',
          AWS_SECRET_ACCESS_KEY: 'any',
        },
        onReport: (report) => reports.push(report),
        onWarning: (warning) => warnings.push(warning),
      });
      const invoke = async (): Promise<readonly string[]> => {
        await forwarder(subscriptionEvent([LINE]), { getRemainingTimeInMillis: () => 20_000 });
        return Object.keys(reports.at(-1)?.destinations ?? {});
      };
      expect(await invoke()).toEqual(['otlp_http/one']);
      expect(collector.requests[0]?.headers['x-api-key']).toBe('key-1');
      await keep(version('two'));
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await invoke();
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      expect([await invoke(), warnings]).toEqual([['otlp_http/two'], []]);
    },
  );
});
