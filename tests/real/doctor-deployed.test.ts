import { join } from 'node:path';

import { startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { beforeAll, expect, it } from 'vitest';

import { complete } from './deployed/complete.ts';
import { startEmulator } from './deployed/emulator.ts';
import { createStack, uploadCode } from './deployed/stack.ts';
import { ACCOUNT, REGION } from './aws-emulator.ts';
import { caller, logs } from './doctor-calls.ts';
import { GOOD_REPORT } from './doctor-faults.ts';
import { startProgram } from './process.ts';

const MAIN = join(import.meta.dirname, '../../packages/cli/src/main.ts');
const STACK = 'doctored';
const APP = '/aws/lambda/checkout';

interface Finding {
  readonly id: string;
  readonly status: 'pass' | 'warn' | 'fail' | 'skipped';
}

let endpoint: string;
/** `deploy/template.yaml` with a topic for its alarms, and what the emulator's CloudFormation leaves out. */
beforeAll(async () => {
  const running = new AsyncDisposableStack();
  const emulator = running.adopt(await startEmulator(), (one) => one.close());
  const collector = running.adopt(await startFakeCollector(), (one) => one.close());
  endpoint = emulator.endpoint;
  const call = caller(endpoint);
  await uploadCode(endpoint);
  await logs(call, 'CreateLogGroup', { logGroupName: APP });
  const AlarmTopicArn = `arn:aws:sns:${REGION}:${ACCOUNT}:alarms`;
  const stack = await createStack(endpoint, STACK, { Endpoint: collector.url, LogGroups: APP, AlarmTopicArn });
  const own = { logGroupName: `/aws/lambda/${STACK}`, logStreamName: 's' };
  await logs(call, 'CreateLogStream', own);
  await logs(call, 'PutLogEvents', { ...own, logEvents: [{ timestamp: Date.now(), message: GOOD_REPORT }] });
  await complete(call, stack);
  return async () => running.disposeAsync();
});

const doctor = async (): Promise<{ readonly code: number | string; readonly findings: readonly Finding[] }> => {
  const args = ['doctor', '--json', '--stack', STACK, '--log-group', APP];
  const keys = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any', AWS_REGION: REGION };
  const program = startProgram(process.execPath, ['--conditions=@serverless-otlp/source', MAIN, ...args], {
    env: { AWS_ENDPOINT_URL: endpoint, ...keys },
  });
  const code = await program.ended;
  const { findings } = JSON.parse(program.stdout()) as { readonly findings: readonly Finding[] };
  return { code, findings };
};

const idsOf = (findings: readonly Finding[], status: Finding['status']): readonly string[] => [
  ...new Set(findings.filter((finding) => finding.status === status).map(({ id }) => id)),
];

it('what the template deploys passes doctor --stack', async () => {
  const { code, findings } = await doctor();
  expect([code, idsOf(findings, 'fail')]).toEqual([0, []]);
  // The collector is on this machine, and the emulator's CloudFormation knows one architecture.
  expect(idsOf(findings, 'warn')).toEqual(['endpoint-place', 'function-architecture']);
  // The emulator has none of these APIs; the last wants functions to be named.
  expect(idsOf(findings, 'skipped').toSorted()).toEqual([
    ...['function-recursion', 'producer-log-level', 'role-permissions'],
    ...['subscription-double', 'subscription-own-logs'],
  ]);
  expect(idsOf(findings, 'pass').length).toBeGreaterThan(25);
});

it('and no longer when somebody has switched its redrive off, or taken its permission away', async () => {
  const call = caller(endpoint);
  const rules = JSON.parse(await call.json('events', 'AWSEvents.ListRules', {})) as {
    readonly Rules: readonly { readonly Name: string }[];
  };
  for (const { Name } of rules.Rules) await call.json('events', 'AWSEvents.DisableRule', { Name });
  const policy = JSON.parse(await call.rest('GET', `/2015-03-31/functions/${STACK}/policy`)) as {
    readonly Policy: string;
  };
  const { Statement } = JSON.parse(policy.Policy) as { readonly Statement: readonly { readonly Sid: string }[] };
  for (const { Sid } of Statement) await call.rest('DELETE', `/2015-03-31/functions/${STACK}/policy/${Sid}`);
  const { code, findings } = await doctor();
  expect([code, idsOf(findings, 'fail')]).toEqual([1, ['invoke-permission', 'redrive-schedule']]);
});
