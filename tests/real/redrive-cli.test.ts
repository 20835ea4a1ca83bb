import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { s3Store } from '@serverless-otlp/forwarder/dead-letter/s3-store';
import { itemIds, sampleLetter, sampleRequest } from '@serverless-otlp/testing';
import { type FakeCollector, startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { type AwsEmulator, createBucket, startAwsEmulator } from './aws-emulator.ts';

const MAIN = join(import.meta.dirname, '../../packages/cli/src/main.ts');

let emulator: AwsEmulator;
let collector: FakeCollector;
let folder: string;
beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'any');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
  vi.stubEnv('AWS_REGION', 'us-east-1');
  emulator = await startAwsEmulator();
  collector = await startFakeCollector();
  folder = mkdtempSync(join(tmpdir(), 'redrive-cli-'));
});
afterAll(async () => {
  await collector.close();
  await emulator.close();
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as somebody with credentials uses it. */
const cli = (place: string, ...args: readonly string[]): Promise<Finished> => {
  const child = spawn(process.execPath, ['--conditions=@serverless-otlp/source', MAIN, ...args], {
    env: {
      PATH: process.env['PATH'],
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: emulator.endpoint,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTLP_FORWARDER_DEAD_LETTER: place,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
};

const event = (seed: number): unknown => {
  const data = {
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: '/aws/lambda/shop',
    logStream: `stream-${seed}`,
    subscriptionFilters: ['f'],
    logEvents: [
      { id: '1', timestamp: Date.now(), message: JSON.stringify(sampleRequest('traces', { items: 2, seed })) },
    ],
  };
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } };
};

const received = (): ReadonlySet<string> => new Set(collector.requests.flatMap(({ body }) => itemIds('traces', body)));

describe('serverless-otlp redrive on a bucket', () => {
  it('D25: lists, shows, plans, redrives and discards what an outage left, beyond one page', async () => {
    const bucket = await createBucket(emulator);
    const place = `s3://${bucket}/dead letters/ü`;
    const store = s3Store({ bucket, prefix: 'dead letters/ü', endpoint: emulator.endpoint, forcePathStyle: true });
    const root = s3Store({ bucket, endpoint: emulator.endpoint, forcePathStyle: true });

    await collector.listen(false);
    const events = join(folder, 'events.jsonl');
    writeFileSync(events, Array.from({ length: 20 }, (_, seed) => JSON.stringify(event(seed))).join('\n'));
    expect((await cli(place, 'forward', '--event', events)).code).toBe(1);
    await collector.listen(true);
    for (let at = 0; at < 1_100; at += 50)
      await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const seed = 1_000 + at + index;
          const letter = sampleLetter({ timeMs: Date.now() - 600_000 + seed, seed, destination: 'otlp_http' });
          await store.put(letter.key, letter.body);
        }),
      );
    const aside = sampleLetter({ state: 'quarantine', timeMs: Date.now(), seed: 9_999, destination: 'otlp_http' });
    await store.put(aside.key, aside.body);
    await root.put('aws/lambda/async/f/2026/x', Buffer.from(JSON.stringify({ requestPayload: event(8_888) })));

    const listed = await cli(place, 'redrive', 'list', '--json');
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    const rows = listed.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(rows).toMatchObject([
      { state: 'pending', destination: 'otlp_http', kind: 'traces', objects: 1_120, read: 100 },
      { state: 'pending', destination: 'events', kind: 'f', objects: 1 },
      { state: 'quarantine', objects: 1 },
    ]);
    const shown = await cli(place, 'redrive', 'show', aside.key.slice(-64, -50));
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toContain(aside.key);

    const planned = await cli(place, 'redrive', 'run', '--dry-run');
    expect(planned.stdout).toContain('1120 objects, 2240 items');
    expect(collector.requests).toHaveLength(0);

    const run = await cli(place, 'redrive', 'run');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({
      destinations: { otlp_http: { redriven: 1_120, items: 2_240, remaining: 0 } },
      events: { redriven: 1 },
      balanced: true,
    });
    expect(received().size).toBe(2_240 + 2);

    const discarded = await cli(place, 'redrive', 'discard', '--state', 'quarantine', '--all', '--yes', '--json');
    expect(JSON.parse(discarded.stdout)).toMatchObject({ found: 1, discarded: 1, remaining: 0 });
    const empty = await cli(place, 'redrive', 'list');
    expect(empty).toMatchObject({ code: 0, stdout: '' });
    expect(empty.stderr).toContain(`Nothing waits in s3://${bucket}/`);
  });

  it('says what to check when there is no such bucket', async () => {
    const { code, stderr } = await cli('s3://no-such-bucket-anywhere', 'redrive', 'list');
    expect(code).toBe(1);
    expect(stderr).toContain('s3://no-such-bucket-anywhere');
  });
});
