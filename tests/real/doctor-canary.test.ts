import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Report } from '@serverless-otlp/forwarder';
import { loadForwarder } from '@serverless-otlp/forwarder/config';
import { parseRequest } from '@serverless-otlp/otlp';
import { type FakeAnswer, type FakeCollector, startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { REGION, type AwsEmulator, startAwsEmulator } from './aws-emulator.ts';
import { type HandOver, handOver } from './doctor-hand-over.ts';
import { makeInstallation } from './doctor-installation.ts';
import { type Program, startProgram } from './process.ts';

const MAIN = join(import.meta.dirname, '../../packages/cli/src/main.ts');
const GROUP = '/aws/lambda/canary';

let emulator: AwsEmulator;
beforeAll(async () => {
  emulator = await startAwsEmulator();
});
afterAll(async () => {
  await emulator.close();
});

const collecting = async (script?: () => FakeAnswer): Promise<FakeCollector> => {
  const collector = await startFakeCollector(script === undefined ? {} : { script });
  onTestFinished(() => collector.close());
  return collector;
};

const doctor = (timeoutS: number, ...more: readonly string[]): Program => {
  const args = ['doctor', '--function', 'otlp-forwarder', '--log-group', GROUP, '--canary', '--timeout', `${timeoutS}`];
  const program = startProgram(process.execPath, ['--conditions=@serverless-otlp/source', MAIN, ...args, ...more], {
    env: {
      AWS_ENDPOINT_URL: emulator.endpoint,
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
      AWS_REGION: REGION,
      LANG: 'C.UTF-8',
    },
  });
  onTestFinished(async () => {
    await program.stop();
  });
  return program;
};

/**
 * What stands between CloudWatch Logs and the function here: moto hands log events over to Kinesis only, and what it puts there
 * goes through a forwarder whose report is written into the log group of the function.
 */
const bridge = async (collector: FakeCollector, { take, report }: HandOver, program: Program): Promise<void> => {
  const reports: Report[] = [];
  const forwarder = await loadForwarder({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    onReport: (one) => reports.push(one),
    onWarning: () => undefined,
  });
  while (program.child.exitCode === null && reports.length === 0) {
    for (const data of await take()) {
      const end = Date.now() + 10_000;
      await forwarder({ awslogs: { data } }, { getRemainingTimeInMillis: () => end - Date.now() }).catch(
        () => undefined,
      );
    }
    await sleep(200);
  }
  await report(reports.map((one) => JSON.stringify({ level: 'INFO', message: 'otlp forwarder report', ...one })));
};

const install = async (collector: FakeCollector, pattern = '{ $.__otel_otlp_stdout = * }'): Promise<HandOver> => {
  await makeInstallation(emulator, collector.url);
  const stream = await handOver(emulator);
  await stream.subscribe(GROUP, pattern);
  return stream;
};

const failedIn = (program: Program): readonly string[] => {
  const { findings } = JSON.parse(program.stdout()) as {
    readonly findings: readonly { readonly id: string; readonly status: string }[];
  };
  return findings.filter(({ id, status }) => id.startsWith('canary-') && status === 'fail').map(({ id }) => id);
};

describe('doctor --canary on an emulator of AWS', () => {
  it('follows one trace to the destination, and draws its way', async () => {
    const collector = await collecting();
    const stream = await install(collector);
    const program = doctor(60);
    await bridge(collector, stream, program);
    const code = await program.ended;
    const text = program.stdout();
    expect([code, text]).toEqual([0, expect.stringContaining('canary-delivered')]);
    const [, spans, traceId] = /one trace of (\d+) spans, ([0-9a-f]{32})/.exec(program.stderr()) ?? [];
    expect(text).toMatch(/pass {2}canary-accepted/);
    expect(text).toContain(`otlp_http: ${spans} spans`);
    expect(text).toMatch(new RegExp(`trace ${traceId}.*5 spans`));
    expect(text).toMatch(/CloudWatch +.*accepts the line.*█|accepts the line/);
    const [sent] = collector.requests.filter(({ path, body }) => path === '/v1/traces' && body.length > 0);
    const request = parseRequest('traces', sent?.body ?? Buffer.alloc(0));
    expect([request.items, JSON.stringify(request.message)]).toEqual([
      Number(spans),
      expect.stringContaining('serverless-otlp-canary'),
    ]);
  });

  it('names the destination that does not take it', async () => {
    const collector = await collecting(() => ({ status: 401 }));
    const stream = await install(collector);
    const program = doctor(60, '--json');
    await bridge(collector, stream, program);
    expect(await program.ended).toBe(1);
    expect(failedIn(program)).toEqual(['canary-delivered']);
    expect(JSON.parse(program.stdout())).toMatchObject({ canary: { hops: expect.any(Array) as unknown } });
  });

  it('names CloudWatch Logs when the forwarder is not invoked', async () => {
    await install(await collecting());
    const program = doctor(2, '--json');
    expect(await program.ended).toBe(1);
    expect(failedIn(program)).toEqual(['canary-invoked']);
  });

  it('writes nothing where no filter would bring it', async () => {
    await install(await collecting(), '"another"');
    const program = doctor(20, '--json');
    expect(await program.ended).toBe(1);
    expect([failedIn(program), program.stderr()]).toEqual([['canary-filter'], '']);
  });
});
