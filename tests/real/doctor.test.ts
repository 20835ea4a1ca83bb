import { join } from 'node:path';

import { type FakeAnswer, type FakeCollector, startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { REGION, type AwsEmulator, startAwsEmulator } from './aws-emulator.ts';
import { type Fault, HASTY_LIFECYCLE } from './doctor-faults.ts';
import { makeInstallation } from './doctor-installation.ts';
import { startProgram } from './process.ts';

const MAIN = join(import.meta.dirname, '../../packages/cli/src/main.ts');

interface Finding {
  readonly id: string;
  readonly status: 'pass' | 'warn' | 'fail' | 'skipped';
}

let emulator: AwsEmulator;
let collector: FakeCollector;
beforeAll(async () => {
  emulator = await startAwsEmulator();
  collector = await startFakeCollector();
});
afterAll(async () => {
  await collector.close();
  await emulator.close();
});

/** Runs the command as somebody with credentials does. */
const doctor = async (...args: readonly string[]): Promise<readonly Finding[]> => {
  const program = startProgram(
    process.execPath,
    ['--conditions=@serverless-otlp/source', MAIN, 'doctor', '--json', ...args],
    {
      env: {
        AWS_ENDPOINT_URL: emulator.endpoint,
        AWS_ACCESS_KEY_ID: 'any',
        AWS_SECRET_ACCESS_KEY: 'any',
        AWS_REGION: REGION,
      },
    },
  );
  const code = await program.ended;
  expect(program.stderr()).toBe('');
  const { findings } = JSON.parse(program.stdout()) as { readonly findings: readonly Finding[] };
  expect(code).toBe(findings.some(({ status }) => status === 'fail') ? 1 : 0);
  return findings;
};

/** What doctor finds in an installation with this fault, whose telemetry goes there. */
const examine = async (fault: Fault = {}, url = collector.url): Promise<readonly Finding[]> => {
  const { forwarder, logGroup } = await makeInstallation(emulator, url, fault);
  return doctor('--function', forwarder, '--log-group', logGroup);
};

const idsOf = (findings: readonly Finding[], status: Finding['status']): readonly string[] => [
  ...new Set(findings.filter((finding) => finding.status === status).map(({ id }) => id)),
];

/** What moto does not have: it is checked with recorded answers, beside the source. */
const NOT_EMULATED = ['function-recursion', 'role-permissions', 'subscription-double', 'subscription-own-logs'];

const letter = (state: string, ageMs: number): string => {
  const time = new Date(Date.now() - ageMs).toISOString().replace(/[-:]/g, '');
  return `${state}/otlp_http/traces/${time}/${'0f'.repeat(32)}`;
};
const DAY_MS = 86_400_000;

describe('doctor on an emulator of AWS', () => {
  it('a healthy installation passes', async () => {
    const findings = await examine();
    expect(findings.filter(({ status }) => status === 'fail')).toEqual([]);
    // The destination is on this machine, where a function of Lambda would find nothing.
    expect(idsOf(findings, 'warn')).toEqual(['endpoint-place']);
    expect(idsOf(findings, 'skipped').filter((id) => !NOT_EMULATED.includes(id))).toEqual([]);
    expect(JSON.stringify(findings)).not.toContain('canary-value');
    expect(
      collector.requests
        .filter(({ method }) => method === 'POST')
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['/v1/logs', '/v1/metrics', '/v1/traces']);
  });

  it('a function that is not there', async () => {
    await makeInstallation(emulator, collector.url);
    expect(idsOf(await doctor('--function', 'another'), 'fail')).toEqual(['function-state']);
  });

  const BROKEN: Readonly<Record<string, readonly [Fault, readonly string[]]>> = {
    'an old runtime': [{ forwarder: { Runtime: 'nodejs18.x' } }, ['function-runtime']],
    'the handler of the redrive': [{ forwarder: { Handler: 'index.redrive' } }, ['function-runtime']],
    'the default timeout of 3 s': [{ forwarder: { Timeout: 3 } }, ['time-budget', 'function-timeout']],
    'the default memory of 128 MB': [{ forwarder: { MemorySize: 128 } }, ['function-memory']],
    'a concurrency of 0': [{ concurrency: 0 }, ['function-concurrency']],
    'no endpoint': [{ variables: { OTEL_EXPORTER_OTLP_ENDPOINT: undefined } }, ['config-valid']],
    gRPC: [{ variables: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' } }, ['config-valid']],
    'the metadata service as endpoint': [
      { variables: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://169.254.169.254' } },
      ['endpoint-form', 'endpoint-place'],
    ],
    'a secret that is not there': [{ secret: false }, ['config-values']],
    'a secret without the key': [{ secret: '{"key":"canary-value"}' }, ['config-values']],
    'a pattern that brings nothing': [{ pattern: '{ $.level = "ERROR" }' }, ['subscription-pattern']],
    'two filters of one log group': [{ filters: [['/aws/lambda/checkout', 'again']] }, ['subscription-double']],
    'a filter on its own log group': [{ filters: [['/aws/lambda/otlp-forwarder', 'loop']] }, ['subscription-own-logs']],
    'no permission to invoke it': [{ permission: false }, ['invoke-permission']],
    'a permission for another log group': [
      {
        permission: {
          StatementId: 'logs',
          Action: 'lambda:InvokeFunction',
          Principal: 'logs.amazonaws.com',
          SourceArn: `arn:aws:logs:${REGION}:123456789012:log-group:/aws/lambda/other:*`,
        },
      },
      ['invoke-permission'],
    ],
    'a permission for every account': [
      { permission: { StatementId: 'logs', Action: 'lambda:InvokeFunction', Principal: 'logs.amazonaws.com' } },
      ['invoke-permission-source'],
    ],
    'no on-failure destination': [{ onFailure: { DestinationConfig: {} } }, ['async-destination']],
    'no settings of asynchronous invocation': [{ onFailure: false }, ['async-destination']],
    'no bucket': [{ bucket: false }, ['bucket-exists']],
    'a bucket that may be public': [{ publicAccess: false }, ['bucket-public']],
    'a lifecycle rule for everything': [{ lifecycle: HASTY_LIFECYCLE }, ['bucket-lifecycle']],
    'a letter that waits for a day': [{ objects: [letter('pending', DAY_MS)] }, ['pending-age']],
    'no redrive': [{ redrive: false }, ['redrive-function']],
    'a schedule that is off': [{ schedule: 'DISABLED' }, ['redrive-schedule']],
    'no schedule': [{ schedule: false }, ['redrive-schedule']],
    'no alarm on errors': [{ silent: ['Errors'] }, ['alarm-present']],
    'no alarm on what waits': [{ silent: ['OldestPendingAge'] }, ['alarm-present']],
    'an alarm that rings': [{ ringing: 'OldestPendingAge' }, ['alarm-state']],
    'a report that does not add up': [
      {
        report:
          '{"message":"otlp forwarder report","lines":{"in":2,"decoded":1,"ignored":0,"quarantined":0},"destinations":{},"balanced":false}',
      },
      ['report-balanced'],
    ],
  };

  it.each(Object.entries(BROKEN))('%s fails with the right id', async (_title, [fault, ids]) => {
    const findings = await examine(fault);
    expect(idsOf(findings, 'fail')).toEqual(ids);
    expect(JSON.stringify(findings)).not.toContain('canary-value');
  });

  it.each<readonly [string, Fault, string]>([
    ['something in the quarantine', { objects: [letter('quarantine', DAY_MS)] }, 'quarantine-empty'],
    ['no retries', { onFailure: { MaximumRetryAttempts: 0 } }, 'async-retries'],
    [
      'an on-failure destination of little room',
      { onFailure: { DestinationConfig: { OnFailure: { Destination: `arn:aws:sqs:${REGION}:123456789012:q` } } } },
      'async-destination',
    ],
    ['x86_64', { forwarder: { Architectures: ['x86_64'] } }, 'function-architecture'],
    ['an empty pattern', { pattern: '' }, 'subscription-pattern'],
    [
      'a key in plain text',
      { variables: { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=canary-value-in-clear' } },
      'config-plain-secret',
    ],
    ['no dead letters', { variables: { OTLP_FORWARDER_DEAD_LETTER: undefined } }, 'dead-letter-configured'],
  ])('%s is warned of', async (_title, fault, id) => {
    const findings = await examine(fault);
    expect(idsOf(findings, 'fail')).toEqual([]);
    expect(idsOf(findings, 'warn')).toContain(id);
    expect(JSON.stringify(findings)).not.toContain('canary-value');
  });

  it.each<readonly [string, FakeAnswer, string]>([
    ['does not know the key', { status: 401 }, 'destination-auth'],
    ['forbids it', { status: 403 }, 'destination-auth'],
    ['has no such path', { status: 404 }, 'destination-path'],
    ['takes no POST', { status: 405 }, 'destination-path'],
    ['does not know the encoding', { status: 415 }, 'destination-encoding'],
    [
      'redirects',
      { status: 308, headers: { location: 'https://elsewhere.example/v1/traces' } },
      'destination-redirect',
    ],
    ['fails', { status: 500 }, 'destination-refusal'],
  ])('a destination that %s', async (_title, answer, id) => {
    const misbehaving = await startFakeCollector({ script: () => answer });
    onTestFinished(() => misbehaving.close());
    expect(idsOf(await examine({}, misbehaving.url), 'fail')).toEqual([id]);
  });

  it('a destination that is gone', async () => {
    const gone = await startFakeCollector();
    await gone.close();
    expect(idsOf(await examine({}, gone.url), 'fail')).toEqual(['destination-connection']);
  });
});
