import { parseRequest, requestFromJson, writeEnvelope, type OtlpRequest, type Signal } from '@serverless-otlp/otlp';
import {
  type FakeCloudWatchLogs,
  type FakeCloudWatchLogsOptions,
  type FakeLogEvent,
  logsError,
  startFakeCloudWatchLogs,
} from '@serverless-otlp/testing/fake-cloudwatch-logs';
import {
  type FakeCollector,
  type FakeCollectorOptions,
  type ReceivedRequest,
  startFakeCollector,
} from '@serverless-otlp/testing/fake-collector';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const main = join(root, 'packages/cli/src/main.ts');
const fixtures = join(root, 'tests/fixtures/envelopes');
const GROUP = '/aws/lambda/app';
const SINCE_MS = Date.UTC(2026, 0, 31);
const TIMES = ['--since', new Date(SINCE_MS).toISOString(), '--until', new Date(SINCE_MS + 3_600_000).toISOString()];

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let folder = '';
let logs: FakeCloudWatchLogs;
let collector: FakeCollector;
const running = new Set<ChildProcess>();

const startBoth = async (
  groups: Readonly<Record<string, readonly FakeLogEvent[]>>,
  more: Omit<FakeCloudWatchLogsOptions, 'groups'> = {},
  collecting: FakeCollectorOptions = {},
): Promise<void> => {
  const kept = Object.fromEntries(Object.entries(groups).map(([name, events]) => [name, { events }]));
  logs = await startFakeCloudWatchLogs({ groups: kept, ...more });
  collector = await startFakeCollector(collecting);
};

const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}, node: readonly string[] = []) => {
  const child = spawn(process.execPath, [...node, '--conditions=@serverless-otlp/source', main, ...args], {
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      XDG_STATE_HOME: join(folder, 'state'),
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'canary-secret',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      ...env,
    },
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
const backfill = (args: readonly string[], env?: Readonly<Record<string, string>>, node?: readonly string[]) =>
  start(['backfill', '--endpoint-url', logs.url, ...args], env, node);
const run = (args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Finished> =>
  backfill(args, env).finished;

const until = async (condition: () => boolean): Promise<void> => {
  const end = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('waited in vain');
    await sleep(5);
  }
};

const recordOf = (body: string): OtlpRequest =>
  requestFromJson({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: body } }] }] }] });
const eventOf = (index: number, message: string, atMs = SINCE_MS + index, logStreamName = 's'): FakeLogEvent => ({
  eventId: `3${String(index).padStart(55, '0')}`,
  logStreamName,
  timestamp: atMs,
  message,
});
/** One log record whose body is the number of the line. */
const numbered = (index: number, atMs?: number, stream?: string): FakeLogEvent =>
  eventOf(index, writeEnvelope(recordOf(String(index)), { source: 'test', version: '1' }), atMs, stream);

const requestOf = ({ path, body }: ReceivedRequest): OtlpRequest =>
  parseRequest(path.replace('/v1/', '') as Signal, body);
const bodiesIn = (requests: readonly ReceivedRequest[]): readonly number[] =>
  requests.flatMap((request) =>
    [...JSON.stringify(requestOf(request).message).matchAll(/"stringValue":"(\d+)"/g)].map(([, body]) => Number(body)),
  );
const itemsIn = (requests: readonly ReceivedRequest[], signal: string): number =>
  requests.filter(({ path }) => path === `/v1/${signal}`).reduce((sum, request) => sum + requestOf(request).items, 0);
const byNumber = (a: number, b: number): number => a - b;
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
const reportOf = ({ stdout }: Finished): Record<string, unknown> => {
  expect(stdout.split('\n')).toHaveLength(2);
  return JSON.parse(stdout) as Record<string, unknown>;
};
const stateFiles = (): readonly string[] => {
  const path = join(folder, 'state/serverless-otlp');
  return existsSync(path) ? readdirSync(path) : [];
};
const settledIn = (file: string): readonly number[] =>
  readFileSync(join(folder, 'state/serverless-otlp', file), 'utf8')
    .split('\n')
    .slice(1, -1)
    .flatMap((line) => (JSON.parse(line) as { readonly ids?: readonly string[] }).ids ?? [])
    .map((id) => Number(id.slice(1)));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backfill-e2e-'));
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await Promise.all([logs.close(), collector.close()]);
  rmSync(folder, { recursive: true, force: true });
});

describe('serverless-otlp backfill', { timeout: 60_000 }, () => {
  it('D28: sends the telemetry of published exporters item by item, and reports on standard output alone', async () => {
    const lines = readdirSync(fixtures).flatMap((name) =>
      readFileSync(join(fixtures, name), 'utf8').trimEnd().split('\n'),
    );
    const events = [...lines, 'START RequestId: 1', 'END RequestId: 1'].map((line, index) => eventOf(index, line));
    await startBoth({ [GROUP]: events, '/aws/lambda/application': [numbered(999)] }, { pageSize: 2 });
    const finished = await run(['--log-group', GROUP, ...TIMES, '--json']);
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    const spans = itemsIn(collector.requests, 'traces');
    expect(spans).toBeGreaterThan(50);
    expect(reportOf(finished)).toMatchObject({
      since: '2026-01-31T00:00:00.000Z',
      until: '2026-01-31T01:00:00.000Z',
      complete: true,
      resumed: false,
      logGroups: { [GROUP]: { lines: lines.length + 2 } },
      lines: { in: lines.length + 2, decoded: lines.length, ignored: 2, quarantined: 0 },
      destinations: { otlp_http: { traces: { decoded: spans, delivered: spans } } },
      balanced: true,
    });
    expect(stateFiles()).toEqual([]);
  });

  it('D28: a dry run counts and sends nothing, and names what cannot be read without repeating it', async () => {
    const broken = numbered(3).message.replace(/"payload":"...../, '"payload":"!canary');
    const events = [numbered(0), numbered(1), eventOf(2, 'noise'), eventOf(3, broken)];
    await startBoth({ [GROUP]: events, '/b': [numbered(4, SINCE_MS)] });
    const finished = await run(['--log-group', GROUP, '--log-group', '/b', ...TIMES, '--dry-run']);
    expect(finished.code).toBe(1);
    expect(finished.stderr).toMatch(/^\/aws\/lambda\/app s event 30+3: not forwarded \(base64\)/);
    expect(finished.stderr).toContain('1 line claimed to be telemetry but could not be read');
    expect(finished.stderr + finished.stdout).not.toContain('canary');
    expect(reportOf(finished)).toMatchObject({
      dryRun: true,
      logGroups: {
        [GROUP]: {
          lines: 4,
          found: { telemetry: { logs: { requests: 2, items: 2 } }, ignored: 1, unreadable: { base64: 1 } },
        },
        '/b': { lines: 1, found: { telemetry: { logs: { requests: 1, items: 1 } }, ignored: 0, unreadable: {} } },
      },
    });
    expect(collector.requests).toEqual([]);
    expect(stateFiles()).toEqual([]);
  });

  it('D28: sends to the chosen destination alone, with owner, log group and stream as CloudWatch Logs says them', async () => {
    await startBoth({ [GROUP]: [numbered(0, SINCE_MS, 'stream-7')] });
    const config = join(folder, 'forwarder.json');
    const exporter = (path: string): object => ({ endpoint: `${collector.url}/${path}` });
    writeFileSync(
      config,
      JSON.stringify({
        exporters: { 'otlp_http/a': exporter('a'), 'otlp_http/b': exporter('b') },
        processors: {
          attributes: {
            actions: ['owner', 'log_group', 'log_stream'].map((name) => ({
              action: 'upsert',
              key: name,
              from_metadata: name,
            })),
          },
        },
        service: {
          pipelines: { logs: { processors: ['attributes'], exporters: ['otlp_http/a', 'otlp_http/b'] } },
        },
      }),
    );
    const args = ['--log-group', GROUP, ...TIMES, '--config', config];
    const finished = await run([...args, '--destination', 'otlp_http/b'], { OTEL_EXPORTER_OTLP_ENDPOINT: '' });
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    expect(collector.requests.map(({ path }) => path)).toEqual(['/b/v1/logs']);
    const [first] = collector.requests;
    const sent = JSON.stringify(first === undefined ? {} : parseRequest('logs', first.body).message);
    for (const word of ['123456789012', GROUP, 'stream-7']) expect(sent).toContain(JSON.stringify(word));
    const unknown = await run([...args, '--destination', 'otlp_http/c'], { OTEL_EXPORTER_OTLP_ENDPOINT: '' });
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('known: otlp_http/a, otlp_http/b');
  });

  it('D21, D28: refuses the log groups of the forwarder itself before it asks anybody', async () => {
    await startBoth({ [GROUP]: [numbered(0)] });
    const finished = await run(['--log-group', GROUP, ...TIMES], { OTLP_FORWARDER_OWN_LOG_GROUPS: `/x,${GROUP}` });
    expect(finished.code).toBe(2);
    expect(finished.stderr).toContain(`${GROUP} is a log group of the forwarder itself`);
    expect(logs.calls).toEqual([]);
  });

  it.each<[string, number, RegExp, FakeCloudWatchLogsOptions['answer']]>([
    ['a log group that is not there', 2, /there is no log group \/aws\/lambda\/app in eu-central-1 at/, undefined],
    [
      'a log group nobody may read',
      1,
      /not allowed to read .*Allow logs:FilterLogEvents/,
      ({ action }) =>
        action === 'FilterLogEvents'
          ? logsError('AccessDeniedException', 'not authorized')
          : {
              body: {
                logGroups: [{ logGroupName: GROUP, logGroupArn: `arn:aws:logs:x:123456789012:log-group:${GROUP}` }],
              },
            },
    ],
    [
      'a pattern that is none',
      2,
      /Check --filter-pattern/,
      ({ action }) =>
        action === 'FilterLogEvents'
          ? logsError('InvalidParameterException', 'Invalid filter pattern')
          : {
              body: {
                logGroups: [{ logGroupName: GROUP, logGroupArn: `arn:aws:logs:x:123456789012:log-group:${GROUP}` }],
              },
            },
    ],
  ])('D28: tells of %s, and exits %i', async (_what, code, message, answer) => {
    await startBoth({}, answer === undefined ? {} : { answer });
    const finished = await run(['--log-group', GROUP, ...TIMES]);
    expect(finished.code).toBe(code);
    expect(finished.stderr).toMatch(message);
    expect(finished.stderr).not.toContain('canary');
    expect(stateFiles()).toEqual([]);
  });

  it('D28: Ctrl-C lets what is under way finish, tells how to go on, and the next run sends the rest and nothing twice', async () => {
    const events = upTo(200).map((index) => numbered(index, SINCE_MS + index, `s${index % 40}`));
    await startBoth({ [GROUP]: events }, {}, { script: () => ({ delayMs: 30 }) });
    const args = ['--log-group', GROUP, ...TIMES];
    const { child, finished } = backfill(args);
    await until(() => collector.requests.length >= 9);
    child.kill('SIGINT');
    const first = await finished;
    expect(first.code).toBe(130);
    expect(first.stderr).toContain('Interrupted. What was settled is saved: run the same command again');
    expect(reportOf(first)).toMatchObject({ complete: false, balanced: true });
    const sent = bodiesIn(collector.requests);
    expect(sent.length).toBeLessThan(200);
    const second = await run(args);
    expect(second.code).toBe(0);
    expect(second.stderr).toMatch(/^Going on with the run that was interrupted, from 2026-01-31T00:00:00.000Z/);
    expect(reportOf(second)).toMatchObject({
      complete: true,
      resumed: true,
      logGroups: { [GROUP]: { settledBefore: sent.length } },
    });
    expect(bodiesIn(collector.requests).toSorted(byNumber)).toEqual(upTo(200));
    expect(stateFiles()).toEqual([]);
  });

  it.each([
    ['before its first answer', 1, 0],
    ['before an answer', 14, 0],
    ['after an answer', 14, 40],
    ['late', 55, 15],
  ])(
    'D28: killed %s, it goes on: every line arrives, twice only what was under way',
    async (_when, request, delayMs) => {
      const events = upTo(300).map((index) => numbered(index, SINCE_MS + index * 9_000, `s${index % 30}`));
      let kill = (): void => undefined;
      const script: FakeCollectorOptions['script'] = (_request, index) => {
        if (index + 1 === request) setTimeout(kill, delayMs);
        return { delayMs: delayMs === 0 && index + 1 === request ? 1_000 : 10 };
      };
      await startBoth({ [GROUP]: events }, { pageSize: 50 }, { script });
      const args = ['--log-group', GROUP, ...TIMES];
      const { child, finished } = backfill(args);
      kill = () => child.kill('SIGKILL');
      expect((await finished).code).toBeNull();
      const before = bodiesIn(collector.requests);
      const under = collector.requests.length;
      const [state = '', lock] = stateFiles();
      expect(lock).toBe(`${state}.lock`);
      const settled = new Set(settledIn(state));

      const second = await run(args);
      expect(second).toMatchObject({ code: 0, stderr: expect.stringContaining('Going on') as string });
      const after = bodiesIn(collector.requests.slice(under));
      expect(after.filter((id) => settled.has(id))).toEqual([]);
      expect([...new Set([...before, ...after])].toSorted(byNumber)).toEqual(upTo(300));
      const twice = before.filter((id) => after.includes(id));
      const streams = new Set(twice.map((id) => id % 30));
      expect(streams.size).toBeLessThanOrEqual(4);
      // What was under way arrives again in the same bytes, so that a backend can tell.
      const bytes = (requests: readonly ReceivedRequest[]): readonly string[] =>
        requests.map(({ body }) => body.toString('hex'));
      const again = new Set(bytes(collector.requests.slice(under)));
      expect(bytes(collector.requests.slice(0, under)).filter((sent) => again.has(sent)).length).toBe(streams.size);
      expect(stateFiles()).toEqual([]);
    },
  );

  it('D28: a second one of the same arguments is refused while the first is under way', async () => {
    const events = upTo(40).map((index) => numbered(index, SINCE_MS, `s${index}`));
    await startBoth({ [GROUP]: events }, {}, { script: () => ({ delayMs: 200 }) });
    const args = ['--log-group', GROUP, ...TIMES];
    const { child, finished } = backfill(args);
    await until(() => collector.requests.length > 0);
    const second = await run(args);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain(`the same backfill is under way in process ${child.pid ?? 0}`);
    expect((await finished).code).toBe(0);
    expect(bodiesIn(collector.requests).toSorted(byNumber)).toEqual(upTo(40));
  });

  it('D28: what a destination refuses is told and not sent again', async () => {
    await startBoth({ [GROUP]: [numbered(0)] }, {}, { script: [{ status: 400 }] });
    const finished = await run(['--log-group', GROUP, ...TIMES]);
    expect(finished.code).toBe(1);
    expect(finished.stderr).toContain('1 item refused by the destination');
    expect(reportOf(finished)).toMatchObject({ complete: true });
    expect(collector.requests).toHaveLength(1);
  });

  it('D28: a destination that is down is waited for; Ctrl-C ends the waiting, and nothing is lost', async () => {
    await startBoth(
      { [GROUP]: [numbered(0)] },
      {},
      { script: (_request, index) => (index < 1 ? { status: 404 } : {}) },
    );
    const args = ['--log-group', GROUP, ...TIMES];
    const { child, finished } = backfill(args);
    await until(() => collector.requests.length === 1);
    await sleep(300);
    child.kill('SIGINT');
    const first = await finished;
    expect(first.code).toBe(130);
    expect(first.stderr).toMatch(/404.*\n.*trying again in 1 s/);
    expect(reportOf(first)).toMatchObject({ complete: false, events: { returned: 1 } });
    const second = await run(args);
    expect(second.code).toBe(0);
    expect(bodiesIn(collector.requests.slice(1))).toEqual([0]);
  });

  it('D28: a hundred thousand lines of 80 MB go through 48 MB of heap, each once', async () => {
    const padding = 'x'.repeat(700);
    const message = (index: number): string =>
      JSON.stringify({
        resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: `${index}-${padding}` } }] }] }],
      });
    const events = upTo(100_000).map((index) =>
      eventOf(index, message(index), SINCE_MS + index * 35, `s${index % 50}`),
    );
    let items = 0;
    const seen = new Uint8Array(100_000);
    const script: FakeCollectorOptions['script'] = (request) => {
      items += requestOf(request).items;
      for (const [, index] of request.body.toString('latin1').matchAll(/(\d+)-x{700}/g)) {
        const line = Number(index);
        seen[line] = (seen[line] ?? 0) + 1;
      }
      return {};
    };
    await startBoth({ [GROUP]: events }, { pageSize: 700 }, { script, keepRequests: false });
    const finished = await backfill(['--log-group', GROUP, ...TIMES], {}, ['--max-old-space-size=48']).finished;
    expect(finished.code).toBe(0);
    expect(items).toBe(100_000);
    expect(seen.every((count) => count === 1)).toBe(true);
    expect(reportOf(finished)).toMatchObject({ logGroups: { [GROUP]: { lines: 100_000 } }, complete: true });
  });
});

it.each(['--version', '--help', 'backfill --help', 'forward --help'])(
  'D28: %s does not load the SDK of AWS',
  async (args) => {
    await startBoth({});
    const hook = `import{registerHooks}from"node:module";registerHooks({resolve(s,c,n){const r=n(s,c);if(/@aws-sdk|@smithy/.test(r.url))process.stderr.write("LOADED "+r.url);return r}})`;
    const node = [`--import=data:text/javascript,${encodeURIComponent(hook)}`];
    expect(await start(args.split(' '), {}, node).finished).toMatchObject({ code: 0, stderr: '' });
    const loading = await backfill(['--log-group', GROUP, ...TIMES], {}, node).finished;
    expect(loading.stderr).toContain('LOADED');
  },
);
