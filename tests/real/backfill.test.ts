import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';

import { type AwsEmulator, REGION, sendToEmulator, startAwsEmulator } from './aws-emulator.ts';
import { startCollector } from './collector.ts';
import { generatedEnvelope } from './envelope.ts';
import { envelopeLines, otlpJsonLines } from './fixtures.ts';
import { type Program, startProgram } from './process.ts';
import { startRelay } from './relay.ts';
import { SIGNALS } from './schema.ts';
import { itemsOfLines } from './sent.ts';
import { waitFor } from './wait.ts';

const CLI = join(import.meta.dirname, '../../packages/cli/bin/serverless-otlp.js');

let emulator: AwsEmulator;
let folder = '';
/** The emulator, like AWS, takes no lines that are much older. */
const startMs = Date.now() - 3_600_000;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otlp-backfill-'));
  emulator = await startAwsEmulator();
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

/** A call of CloudWatch Logs without the SDK, which is part of what is tested. */
const call = async (action: string, input: object): Promise<void> => {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${action}` };
  const sent = { method: 'POST', headers, body: JSON.stringify(input) };
  await sendToEmulator(emulator.endpoint, { service: 'logs' }, sent);
};

/** Puts lines into a log group of their own, a millisecond apart, spread over streams. */
const put = async (logGroupName: string, lines: readonly string[], streams: number): Promise<void> => {
  await call('CreateLogGroup', { logGroupName });
  for (let stream = 0; stream < streams; stream++) {
    const logStreamName = `2026/01/01/[$LATEST]${stream}`;
    await call('CreateLogStream', { logGroupName, logStreamName });
    const logEvents = lines
      .map((message, index) => ({ message, timestamp: startMs + index }))
      .filter((_, index) => index % streams === stream);
    await call('PutLogEvents', { logGroupName, logStreamName, logEvents });
  }
};

const backfill = (endpoint: string, args: readonly string[]): Program => {
  const times = ['--since', new Date(startMs).toISOString(), '--until', new Date(startMs + 600_000).toISOString()];
  const program = startProgram(
    process.execPath,
    [CLI, 'backfill', '--endpoint-url', emulator.endpoint, '--json', ...times, ...args],
    {
      env: {
        HOME: folder,
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: 'any',
        AWS_SECRET_ACCESS_KEY: 'any',
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      },
    },
  );
  onTestFinished(async () => {
    await program.stop();
  });
  return program;
};

const NOISE = ['START RequestId: 1 Version: $LATEST', '{"level":"INFO","msg":"hello"}', 'END RequestId: 1'];
const generated = (seed: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) =>
    generatedEnvelope(SIGNALS[index % 3] ?? 'logs', `${seed} ${index}`, 1 + (index % 3)),
  );

describe('backfill from an emulator of AWS into the real Collector', () => {
  it('D28: what the Collector wrote is what the log groups hold, item by item, of published exporters and of three signals', async () => {
    const published = [...envelopeLines(), ...otlpJsonLines()];
    const own = generated('own', 60);
    await put('/aws/lambda/published', [...NOISE, ...published], 3);
    await put('/aws/lambda/own', own, 2);
    await put('/aws/lambda/own-but-another', generated('another', 3), 1);
    const collector = await startCollector(inject('parts').collector);
    onTestFinished(async () => {
      await collector.stop();
    });
    const groups = ['--log-group', '/aws/lambda/published', '--log-group', '/aws/lambda/own'];

    const looking = backfill(collector.endpoint, [...groups, '--dry-run']);
    expect([await looking.ended, looking.stderr()]).toEqual([0, '']);
    const program = backfill(collector.endpoint, groups);
    expect([await program.ended, program.stderr()]).toEqual([0, '']);

    expect(await collector.stop()).toEqual(itemsOfLines([...published, ...own]));
    const lines = { in: published.length + own.length + 3, decoded: published.length + own.length, ignored: 3 };
    expect(JSON.parse(program.stdout())).toMatchObject({ complete: true, balanced: true, lines });
    expect(JSON.parse(looking.stdout())).toMatchObject({
      dryRun: true,
      logGroups: {
        '/aws/lambda/published': { lines: published.length + 3, found: { ignored: 3, unreadable: {} } },
        '/aws/lambda/own': { lines: own.length, found: { ignored: 0, unreadable: {} } },
      },
    });
  });

  it('D28: of a log group of more than one page, all or those of a pattern', async () => {
    const telemetry = generated('pages', 90);
    const noise = Array.from({ length: 11_910 }, (_, index) => `noise ${index}`);
    const lines = noise.map((line, index) => telemetry[index / 130] ?? line);
    await put('/aws/lambda/pages', lines, 4);
    const sent = itemsOfLines(lines.filter((line) => line.startsWith('{')));
    for (const pattern of [[], ['--filter-pattern', '"__otel_otlp_stdout"']]) {
      const collector = await startCollector(inject('parts').collector);
      onTestFinished(async () => {
        await collector.stop();
      });
      const program = backfill(collector.endpoint, ['--log-group', '/aws/lambda/pages', ...pattern]);
      expect([await program.ended, program.stderr()]).toEqual([0, '']);
      const read = pattern.length === 0 ? lines.length : 90;
      expect(JSON.parse(program.stdout())).toMatchObject({ logGroups: { '/aws/lambda/pages': { lines: read } } });
      expect(await collector.stop()).toEqual(sent);
    }
  });

  it('D28: killed in the middle it goes on; every item arrives, twice only what was under way', async () => {
    const lines = generated('killed', 240);
    await put('/aws/lambda/killed', lines, 40);
    const collector = await startCollector(inject('parts').collector);
    onTestFinished(async () => {
      await collector.stop();
    });
    const relay = await startRelay(collector.endpoint);
    onTestFinished(relay.stop);
    const args = ['--log-group', '/aws/lambda/killed'];
    const first = backfill(relay.endpoint, args);
    await waitFor('some requests', 30_000, () => (relay.requests.length >= 12 ? true : undefined));
    first.child.kill('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    const second = backfill(relay.endpoint, args);
    expect(await second.ended).toBe(0);
    expect(second.stderr()).toMatch(/^Going on with the run that was interrupted/);
    const received = await collector.stop();
    const sent = itemsOfLines(lines);
    const streams = Array.from({ length: 40 }, (_, stream) => lines.filter((_line, index) => index % 40 === stream));
    for (const signal of SIGNALS) {
      expect([...new Set(received[signal])]).toEqual([...new Set(sent[signal])]);
      // Four events, each with all the lines of a stream.
      const most = streams.map((stream) => itemsOfLines(stream)[signal].length).sort((a, b) => b - a);
      const twice = received[signal].length - sent[signal].length;
      expect(twice).toBeLessThanOrEqual(most.slice(0, 4).reduce((sum, items) => sum + items, 0));
    }
  });

  it('D28: a log group that is not there is told', async () => {
    const program = backfill('http://127.0.0.1:9', ['--log-group', '/aws/lambda/nowhere']);
    expect(await program.ended).toBe(2);
    expect(program.stderr()).toContain('there is no log group /aws/lambda/nowhere in eu-north-1');
  });
});
