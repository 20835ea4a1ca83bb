import { itemIds, sampleLetter, sampleRequest } from '@serverless-otlp/testing';
import {
  type FakeCollector,
  type FakeCollectorOptions,
  startFakeCollector,
} from '@serverless-otlp/testing/fake-collector';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const main = join(root, 'packages/cli/src/main.ts');
const CONDITIONS = '--conditions=@serverless-otlp/source';
/** What acts on a terminal. */
const ACTS = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/;

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let folder = '';
let store = '';
let collector: FakeCollector;
const running = new Set<ChildProcess>();

const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const child = spawn(process.execPath, [CONDITIONS, ...args], {
    env: {
      PATH: process.env['PATH'],
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTLP_FORWARDER_DEAD_LETTER: store,
      ...env,
    },
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code, stdout, stderr });
    });
  });
  return { child, finished };
};
const cli = (args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Finished> =>
  start([main, ...args], env).finished;
const redrive = (...args: readonly string[]): Promise<Finished> => cli(['redrive', ...args]);

/** A subscription event of a log stream; its one line holds spans with ids of their own. */
const eventOf = (index: number, lines?: readonly string[]): string => {
  const message = JSON.stringify(sampleRequest('traces', { items: 2, seed: index }));
  const data = {
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: '/aws/lambda/shop',
    logStream: `stream-${index}`,
    subscriptionFilters: ['f'],
    logEvents: (lines ?? [message]).map((line, at) => ({
      id: `${index}-${at}`,
      timestamp: Date.now() - 60_000 + index,
      message: line,
    })),
  };
  return JSON.stringify({ awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } });
};

const write = (name: string, text: string): string => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
};

/** Events through the real forwarder, while nobody listens. */
const outage = async (events: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> => {
  await collector.listen(false);
  const { code } = await cli(['forward', '--event', write('events.jsonl', events.join('\n'))], env);
  expect(code).toBe(1);
  await collector.listen(true);
};

const keysIn = (below: string): readonly string[] =>
  readdirSync(store, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(store.length + 1))
    .filter((key) => key.startsWith(`${below}/`))
    .sort();

const received = (): readonly string[] =>
  collector.requests.flatMap(({ path, body }) => (path === '/v1/traces' ? itemIds('traces', body) : []));

const startWith = async (options: FakeCollectorOptions): Promise<void> => {
  await collector.close();
  collector = await startFakeCollector(options);
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redrive-test-'));
  store = join(folder, 'dead-letters');
  mkdirSync(store);
  collector = await startFakeCollector();
});

afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await collector.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('serverless-otlp redrive', { timeout: 60_000 }, () => {
  it('D25: after an outage a person lists, inspects and redrives what waits, looking first', async () => {
    await outage([1, 2, 3].map((index) => eventOf(index)));
    expect(received()).toEqual([]);

    const listed = await redrive('list');
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(listed.stdout).toMatch(/^STATE +DESTINATION +KIND +OBJECTS.*\npending +otlp_http +traces +3 .* 6  20/);
    expect(listed.stdout).toContain('ECONNREFUSED');

    const long = await redrive('list', '--long', '--json', '--store', store);
    const objects = long.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(objects.map(({ key }) => key)).toEqual(keysIn('pending'));
    expect(objects[0]).toMatchObject({ destination: 'otlp_http', kind: 'traces', items: 2, attempts: 1 });

    const sha = objects[0]?.['key']?.slice(-64, -52) ?? '';
    const shown = await redrive('show', sha);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toContain('  log_stream    stream-1\n');
    expect(shown.stdout).toContain('"name":"operation 0"');
    expect((await redrive('show', '--pretty', sha)).stdout).toContain('operation 1');

    const planned = await redrive('run', '--dry-run');
    expect(planned).toMatchObject({ code: 0, stderr: '' });
    expect(planned.stdout).toMatch(
      /^otlp_http: traces: 3 objects, 6 items, .* would be sent\nNothing was sent or moved.\n$/,
    );
    expect(received()).toEqual([]);
    expect(keysIn('pending')).toHaveLength(3);

    const run = await redrive('run');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({
      destinations: { otlp_http: { found: 3, redriven: 3, items: 6, remaining: 0 } },
      balanced: true,
    });
    expect(new Set(received()).size).toBe(6);
    expect(received()).toHaveLength(6);

    const empty = await redrive('list');
    expect(empty).toEqual({ code: 0, stdout: '', stderr: `Nothing waits in folder ${store}.\n` });
  });

  it('D25: 1 100 objects are listed, planned and redriven, the oldest first', async () => {
    await outage(Array.from({ length: 1_100 }, (_, index) => eventOf(index)));
    expect(keysIn('pending')).toHaveLength(1_100);
    const rows = await redrive('list', '--json');
    expect(JSON.parse(rows.stdout)).toMatchObject({ objects: 1_100, read: 100, items: 200 });
    const some = await redrive('list', '--long', '--limit', '7');
    expect(some.stdout.trimEnd().split('\n')).toHaveLength(7);
    expect(some.stderr).toBe('Stopped at 7 objects: there may be more.\n');
    expect((await redrive('run', '--dry-run')).stdout).toContain('1100 objects, 2200 items');
    const run = await redrive('run', '--json');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({ destinations: { otlp_http: { redriven: 1_100, items: 2_200 } } });
    expect(new Set(received()).size).toBe(2_200);
    expect(keysIn('pending')).toEqual([]);
  });

  it('says what is left, why and what to do, and asks a dead destination once', async () => {
    await outage([1, 2].map((index) => eventOf(index)));
    await startWith({ script: () => ({ status: 503 }) });
    const run = await redrive('run');
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(
      /^otlp_http: .*2 objects left: 127\.0\.0\.1:\d+ answered 503\. They stay in the store; /,
    );
    expect(collector.requests).toHaveLength(1);
    expect(keysIn('pending')).toHaveLength(2);
  });

  it('sends what was set aside again when asked to, and keeps it when it is refused again', async () => {
    await outage([eventOf(1)]);
    await startWith({ script: () => ({ status: 400 }) });
    const refused = await redrive('run');
    expect(refused.code).toBe(1);
    expect(keysIn('pending')).toHaveLength(1);
    // Of two spans that are refused alike nobody knows which is at fault: it is the destination. One alone is at fault itself.
    const alone = sampleLetter({ timeMs: Date.now(), items: 1, destination: 'otlp_http' });
    write(`dead-letters/${alone.key}`, '');
    writeFileSync(join(store, alone.key), alone.body);
    await redrive('run');
    expect(keysIn('quarantine')).toHaveLength(1);
    const again = await redrive('run', '--state', 'quarantine');
    expect(again.code).toBe(1);
    expect(keysIn('quarantine')).toHaveLength(1);
    await startWith({});
    expect(await redrive('run', '--state', 'quarantine')).toMatchObject({ code: 0, stderr: '' });
    expect(received()).toEqual(alone.ids);
    expect(keysIn('quarantine')).toEqual([]);
    expect(keysIn('pending')).toHaveLength(1);
  });

  it('D23: events that Lambda gave up are listed, shown and sent through the whole pipeline', async () => {
    const key = 'aws/lambda/async/otlp-forwarder/2026/11/20/x';
    const record = {
      requestContext: { condition: 'RetriesExhausted' },
      requestPayload: JSON.parse(eventOf(5)) as unknown,
    };
    write(`dead-letters/${key}`, JSON.stringify(record));
    const { stdout } = await redrive('list', '--destination', 'events');
    expect(stdout).toMatch(/pending +events +otlp-forwarder +1 /);
    expect(stdout).toContain('1 × RetriesExhausted');
    expect((await redrive('show', key)).stdout).toContain('resourceSpans');
    expect((await redrive('run', '--dry-run')).stdout).toContain('events: 1 object, ');
    const run = await redrive('run');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({ events: { found: 1, redriven: 1 } });
    expect(received()).toHaveLength(2);
    expect(keysIn('aws')).toEqual([]);
  });

  it('nothing of what waits acts on the terminal', async () => {
    const hostile = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e\r';
    await outage([eventOf(1, [`{"__otel_otlp_stdout":"${hostile}","payload":${JSON.stringify(hostile)}}`])]);
    const letters = [
      sampleLetter({ timeMs: Date.now(), destination: `x${hostile}`, source: { log_group: hostile } }),
      sampleLetter({ timeMs: Date.now(), seed: 2, header: { reason: hostile } }),
      sampleLetter({ timeMs: Date.now(), seed: 3, packed: Buffer.from(hostile) }),
    ];
    for (const { key, body } of letters) {
      write(`dead-letters/${key}`, '');
      writeFileSync(join(store, key), body);
    }
    write('dead-letters/aws/lambda/async/f/x', JSON.stringify({ requestPayload: { [hostile]: hostile } }));
    const keys = [...keysIn('pending'), ...keysIn('quarantine'), ...keysIn('aws')];
    expect(keys).toHaveLength(5);
    for (const args of [
      ...[
        ['list'],
        ['list', '--long'],
        ['list', '--json'],
        ['list', '--long', '--json'],
        ['run', '--dry-run'],
        ['run'],
      ],
      ...keys.flatMap((key) => [
        ['show', key],
        ['show', '--pretty', key],
        ['show', '--json', key],
      ]),
    ]) {
      const { stdout, stderr } = await redrive(...args);
      expect(stdout + stderr, args.join(' ')).not.toMatch(ACTS);
      expect(stdout + stderr, args.join(' ')).not.toBe('');
    }
  });

  it('says what is wrong with a damaged letter, and shows the others', async () => {
    await outage([eventOf(1)]);
    const [sound = ''] = keysIn('pending');
    const damaged = sampleLetter({ timeMs: Date.now(), packed: Buffer.from('garbage') });
    write(`dead-letters/${damaged.key}`, '');
    writeFileSync(join(store, damaged.key), damaged.body);
    const { code, stdout, stderr } = await redrive('show', damaged.key, sound);
    expect(code).toBe(1);
    expect(stderr).toContain(`${damaged.key}: damaged: `);
    expect(stdout).toContain('  reason        collector.example answered 503\n');
    expect(stdout).toContain('"resourceSpans"');
  });

  it('D25: discards what is named and nothing else, never unasked', async () => {
    await outage([1, 2, 3].map((index) => eventOf(index)));
    const [first = '', second = '', third = ''] = keysIn('pending');
    expect((await redrive('discard', '--all')).code).toBe(2);
    expect(await redrive('discard', '--all', '--dry-run')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Would discard 3 objects, .* in /) as string,
    });
    expect(keysIn('pending')).toHaveLength(3);
    const one = await redrive('discard', '--yes', '--json', first);
    expect(JSON.parse(one.stdout)).toMatchObject({ found: 1, discarded: 1, remaining: 0, dryRun: false });
    expect(keysIn('pending')).toEqual([second, third]);
    expect((await redrive('discard', '--yes', first)).code).toBe(2);
    const none = await redrive('discard', '--yes', '--reason', 'answered 401');
    expect(none).toMatchObject({ code: 0, stdout: expect.stringContaining('no object') as string });
    const rest = await redrive('discard', '--yes', '--reason', 'econnrefused', '--since', '1h');
    expect(rest).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Discarded 2 objects, /) as string });
    expect(keysIn('pending')).toEqual([]);
    expect(received()).toEqual([]);
  });

  it('a file says where the store is and where to send', async () => {
    await outage([eventOf(1)], { OTLP_FORWARDER_DEAD_LETTER: store });
    const config = write(
      'forwarder.yaml',
      [
        `dead_letter: { folder: { path: ${JSON.stringify(store)} } }`,
        'exporters:',
        `  otlp_http: { endpoint: '${collector.url}' }`,
        "  otlp_http/other: { endpoint: 'http://127.0.0.1:9' }",
        'service: { pipelines: { traces: { exporters: [otlp_http, otlp_http/other] } } }',
      ].join('\n'),
    );
    const env = { OTLP_FORWARDER_DEAD_LETTER: '', OTEL_EXPORTER_OTLP_ENDPOINT: '', OTLP_FORWARDER_CONFIG: config };
    expect((await cli(['redrive', 'list'], env)).stdout).toMatch(/pending +otlp_http +traces +1 /);
    const wrong = await cli(['redrive', 'run', '--destination', 'otlp_http/x'], env);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('known: otlp_http, otlp_http/other');
    const run = await cli(['redrive', 'run', '--config', config, '--destination', 'otlp_http'], env);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(received()).toHaveLength(2);
  });

  it('Ctrl-C ends a run cleanly: what is under way is given up, and nothing is lost', async () => {
    await outage(Array.from({ length: 30 }, (_, index) => eventOf(index)));
    await startWith({ script: (_, index) => (index < 2 ? {} : { delayMs: 30_000 }) });
    const { child, finished } = start([main, 'redrive', 'run']);
    const end = Date.now() + 20_000;
    while (collector.requests.length < 3 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    const { code, stdout, stderr } = await finished;
    expect(code).toBe(130);
    expect(stderr).toContain('Interrupted. What was under way may arrive twice; run it again for the rest.');
    expect(JSON.parse(stdout)).toMatchObject({ balanced: true });
    await startWith({});
    expect((await redrive('run')).code).toBe(0);
    expect(keysIn('pending')).toEqual([]);
  });

  it('the deployed redrive rejects when its store fails, after its report is written', async () => {
    // Links are not followed.
    symlinkSync(folder, join(store, 'redrive'));
    const handler = join(root, 'packages/forwarder/src/handler.ts');
    const code = `import { redrive } from ${JSON.stringify(handler)};
await redrive({}, { getRemainingTimeInMillis: () => 10_000 }).catch((error) => console.error(error.message));`;
    const { stdout, stderr } = await start(['--input-type=module', '-e', code]).finished;
    expect(stderr).toMatch(/^the dead-letter store failed: /);
    const [report, ...metrics] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(report).toMatchObject({ level: 'ERROR', message: 'otlp redrive report', balanced: true });
    expect(metrics[0]).not.toHaveProperty('OldestPendingAge');
  });
});
