import { startOtlpServer, type OtlpServer, type Received } from '@serverless-otlp/dev-server';
import { requestFromJson, writeEnvelope, type OtlpRequest } from '@serverless-otlp/otlp';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const main = join(root, 'packages/cli/src/main.ts');
const fixtures = join(root, 'tests/fixtures/envelopes');
const TIMEOUT_MS = 15_000;

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly finished: Promise<Finished>;
  output(): string;
}

const running = new Set<ChildProcessWithoutNullStreams>();

const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Running => {
  const child = spawn(process.execPath, ['--conditions=@serverless-otlp/source', main, ...args], {
    env: { PATH: process.env['PATH'], ...env },
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('latin1')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on('error', () => undefined);
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code, stdout, stderr });
    });
  });
  return { child, finished, output: () => stdout + stderr };
};

const runCli = (
  args: readonly string[],
  input: string | Uint8Array = '',
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> => {
  const { child, finished } = start(args, env);
  child.stdin.end(input);
  return finished;
};

const until = async (condition: () => boolean): Promise<void> => {
  const end = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('waited in vain');
    await sleep(10);
  }
};

const logs = (...bodies: readonly string[]): OtlpRequest =>
  requestFromJson({
    resourceLogs: [{ scopeLogs: [{ logRecords: bodies.map((body) => ({ body: { stringValue: body } })) }] }],
  });
const spans = (...names: readonly string[]): OtlpRequest =>
  requestFromJson({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: names.map((name, index) => ({
              traceId: '0af7651916cd43dd8448eb211c80319c',
              spanId: `00000000000000a${index}`,
              name,
            })),
          },
        ],
      },
    ],
  });
const line = (request: OtlpRequest): string => writeEnvelope(request, { source: 'test', version: '1' });
const event = (...messages: readonly string[]): unknown => {
  const logEvents = messages.map((message, index) => ({ id: String(index), timestamp: 1, message }));
  const data = {
    messageType: 'DATA_MESSAGE',
    owner: '1',
    logGroup: 'g',
    logStream: 's',
    subscriptionFilters: ['f'],
    logEvents,
  };
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } };
};

let server: OtlpServer;
let received: Received[] = [];
let directory = '';

const items = (signal: string): number =>
  received.filter((each) => each.signal === signal).reduce((sum, { request }) => sum + request.items, 0);
const report = ({ stdout }: Finished): Record<string, unknown> =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;

beforeAll(async () => {
  server = await startOtlpServer({ onRequest: (each) => received.push(each) });
  directory = mkdtempSync(join(tmpdir(), 'cli-test-'));
});

afterAll(async () => {
  await server.close(0);
  rmSync(directory, { recursive: true, force: true });
});

beforeEach(() => {
  received = [];
});

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

describe('serverless-otlp forward', { timeout: TIMEOUT_MS }, () => {
  it('sends the telemetry in lines from standard input, and reports', async () => {
    const input = `hello\n${line(logs('a', 'b'))}\n${JSON.stringify({ resourceLogs: logs('c').message.resourceLogs })}\n\n${line(spans('s'))}`;
    const finished = await runCli(['forward', '--endpoint', server.url], input);
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    expect([items('logs'), items('traces')]).toEqual([3, 1]);
    expect(report(finished)).toMatchObject({
      lines: { in: 5, decoded: 3, ignored: 2, quarantined: 0 },
      balanced: true,
    });
  });

  it('sends files, in JSON without compression when told to, with headers', async () => {
    const files = readdirSync(fixtures).map((name) => join(fixtures, name));
    const args = [
      '--endpoint',
      server.url,
      '--protocol',
      'http/json',
      '--compression',
      'none',
      '--header',
      'api-key=se cret',
    ];
    const finished = await runCli(['forward', ...args, ...files]);
    expect(finished.code).toBe(0);
    expect(new Set(received.map(({ contentType }) => contentType))).toEqual(new Set(['application/json']));
    expect(report(finished)).toMatchObject({ destinations: { otlp_http: { traces: { delivered: items('traces') } } } });
    expect(items('traces')).toBeGreaterThan(50);
    expect(finished.stdout + finished.stderr).not.toContain('cret');
  });

  it('sends whole Lambda events, and goes on after a document that is none', async () => {
    const file = join(directory, 'events.jsonl');
    writeFileSync(
      file,
      [event(line(logs('a')), 'noise'), { Records: [] }, event(line(logs('b')))]
        .map((each) => JSON.stringify(each))
        .join('\n'),
    );
    const finished = await runCli(['forward', '--event', '--endpoint', server.url, file]);
    expect(finished.code).toBe(1);
    expect(items('logs')).toBe(2);
    expect(finished.stderr).toContain('1 document could not be read as a CloudWatch Logs event');
    expect(report(finished)).toMatchObject({ events: { in: 2, unreadable: 1 } });
  });

  it('lets other output through unchanged, the report last on a line of its own', async () => {
    const other = Buffer.concat([
      Buffer.from('first\r\n'),
      Buffer.from([0xff, 0x00, 0x80, 0x0a]),
      Buffer.from('no end'),
    ]);
    const input = Buffer.concat([other.subarray(0, 7), Buffer.from(`${line(logs('a'))}\n`), other.subarray(7)]);
    const { code, stdout } = await runCli(['forward', '--passthrough', '--endpoint', server.url], input);
    expect(code).toBe(0);
    expect(stdout.startsWith(other.toString('latin1'))).toBe(true);
    expect(stdout.slice(other.length)).toMatch(/^\n\{"events".*\}\n$/);
  });

  it('sends a live stream while it flows, and reports after Ctrl-C', async () => {
    const { child, finished } = start(['forward', '--endpoint', server.url]);
    child.stdin.write(`${line(logs('early'))}\n`);
    await until(() => items('logs') === 1);
    child.stdin.write(line(logs('unfinished line')));
    await sleep(100);
    child.kill('SIGINT');
    const ended = await finished;
    expect(ended.code).toBe(0);
    expect(items('logs')).toBe(2);
    expect(report(ended)).toMatchObject({ lines: { in: 2 } });
  });

  it('exits 1 when Ctrl-C kept it from reading a file to its end', async () => {
    const file = join(directory, 'large.log');
    writeFileSync(file, `${line(logs('a'))}\n`.repeat(100_000));
    const { child, finished } = start(['forward', '--endpoint', server.url, file]);
    await until(() => items('logs') > 0);
    child.kill('SIGINT');
    const ended = await finished;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('Interrupted');
    expect(items('logs')).toBeLessThan(100_000);
    expect(report(ended)).toMatchObject({ destinations: { otlp_http: { logs: { delivered: items('logs') } } } });
  });

  it('takes garbage for what it is: no telemetry', async () => {
    const garbage = Buffer.alloc(3_000_000, 0xfe);
    const finished = await runCli(
      ['forward', '--endpoint', server.url],
      Buffer.concat([garbage, Buffer.from(`\n${line(logs('a'))}\n`)]),
    );
    expect(finished.code).toBe(0);
    expect(report(finished)).toMatchObject({ lines: { in: 4, ignored: 3, decoded: 1 } });
  });

  it('names the line that cannot be read, not its content, and exits 1', async () => {
    const broken = line(logs('secret')).replace(/"payload":"...../, '"payload":"!!!!!');
    const finished = await runCli(['forward', '--endpoint', server.url], `noise\n${broken}\n${line(logs('a'))}\n`);
    expect(finished.code).toBe(1);
    expect(finished.stderr).toMatch(/^line 2: not forwarded \(base64\)/);
    expect(finished.stderr + finished.stdout).not.toContain('!!!!!');
    expect(items('logs')).toBe(1);
  });

  it('exits 1 and says what to do when nobody listens', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { readonly port: number };
    await new Promise((resolve) => blocker.close(resolve));
    const finished = await runCli(['forward', '--endpoint', `http://127.0.0.1:${port}`], `${line(logs('a'))}\n`);
    expect(finished.code).toBe(1);
    expect(finished.stderr).toContain('ECONNREFUSED');
    expect(finished.stderr).toContain('1 item not delivered');
    expect(report(finished)).toMatchObject({ events: { returned: 1 } });
  });

  it('exits 1 when the destination rejects a part', async () => {
    const picky = await startOtlpServer({
      onRequest: () => undefined,
      respond: () => ({ rejectedItems: 1, message: 'too old' }),
    });
    const finished = await runCli(['forward', '--endpoint', picky.url], `${line(logs('a', 'b'))}\n`);
    await picky.close(0);
    expect(finished.code).toBe(1);
    expect(finished.stderr).toContain('too old');
    expect(report(finished)).toMatchObject({ destinations: { otlp_http: { logs: { delivered: 1, rejected: 1 } } } });
  });

  it('takes the endpoint from the standard variable, and refuses a wrong one', async () => {
    const input = `${line(logs('a'))}\n`;
    expect((await runCli(['forward'], input, { OTEL_EXPORTER_OTLP_ENDPOINT: server.url })).code).toBe(0);
    expect(items('logs')).toBe(1);
    const wrong = await runCli(['forward'], input, { OTEL_EXPORTER_OTLP_ENDPOINT: 'gopher://x' });
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
  });

  it('uses a configuration file, and names every mistake in it', async () => {
    const file = join(directory, 'config.json');
    const config = {
      exporters: { otlp_http: { endpoint: server.url } },
      service: { pipelines: { logs: { exporters: ['otlp_http'] } } },
    };
    writeFileSync(file, JSON.stringify(config));
    expect((await runCli(['forward', '--config', file], `${line(logs('a'))}\n`)).code).toBe(0);
    expect(items('logs')).toBe(1);
    const unrouted = await runCli(['forward', '--config', file], `${line(spans('a'))}\n`);
    expect(unrouted.code).toBe(1);
    expect(unrouted.stderr).toContain('no pipeline');
    writeFileSync(
      file,
      JSON.stringify({ exporters: { otlp_http: { endpoint: 'x', hedaers: {} } }, service: { pipelines: {} } }),
    );
    const wrong = await runCli(['forward', '--config', file]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('pipelines');
  });

  it.each([
    [['--nope'], 'unknown option'],
    [['no-such-file.log'], 'no such file'],
    [['--compression', 'zip'], 'gzip, none'],
  ])('refuses %j with one message and exit code 2', async (args, message) => {
    const finished = await runCli(['forward', ...args]);
    expect(finished).toMatchObject({ code: 2, stdout: '' });
    expect(finished.stderr).toContain(message);
    expect(finished.stderr).not.toContain('    at ');
  });

  it('goes on when the reader of standard output goes away', async () => {
    const { child, finished } = start(['forward', '--passthrough', '--endpoint', server.url]);
    child.stdout.destroy();
    for (let count = 0; count < 20; count += 1) child.stdin.write(`${'noise'.repeat(2000)}\n`);
    child.stdin.end(`${line(logs('a'))}\n`);
    expect((await finished).code).toBe(0);
    expect(items('logs')).toBe(1);
  });
});

describe('serverless-otlp decode', { timeout: TIMEOUT_MS }, () => {
  it('prints one request per line as OTLP/JSON', async () => {
    const { code, stdout } = await runCli(['decode'], `x\n${line(logs('a'))}\n${line(spans('b'))}\n`);
    expect(code).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text) as unknown),
    ).toEqual([logs('a').message, spans('b').message]);
  });

  it('reads the fixtures, and whole events', async () => {
    const [file = ''] = readdirSync(fixtures);
    const lines = readFileSync(join(fixtures, file), 'utf8').trimEnd().split('\n');
    const fromLines = await runCli(['decode', join(fixtures, file)]);
    const fromEvent = await runCli(['decode', '--event'], JSON.stringify(event(...lines), null, 2));
    expect(fromLines.stdout.split('\n')).toHaveLength(lines.length + 1);
    expect(fromEvent).toEqual(fromLines);
  });

  it('draws a tree, escape sequences shown instead of obeyed', async () => {
    const evil = '\u001b[2J\u009b1m';
    const { code, stdout } = await runCli(['decode', '--pretty'], `${line(spans(evil))}\n${line(logs(evil))}\n`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[\x20-\x7e\n]+$/);
    expect(stdout).toContain('trace 0af7651916cd43dd8448eb211c80319c');
    expect(stdout).toContain('\\x1b[2J');
  });

  it('names lines that cannot be decoded on standard error, without their content', async () => {
    const broken = line(logs('secret')).replace(/"payload":"...../, '"payload":"!!!!!');
    const { code, stdout, stderr } = await runCli(['decode'], `x\n${broken}\n${line(logs('a'))}\n`);
    expect(code).toBe(1);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^line 2: cannot be decoded \(base64\): [^!]+\n$/);
  });

  it('says so when there is no telemetry at all', async () => {
    expect(await runCli(['decode'], Buffer.from([0, 255, 10, 254]))).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('No telemetry') as string,
    });
  });
});

describe('serverless-otlp dev', { timeout: TIMEOUT_MS }, () => {
  const listening = async (
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Running & { readonly url: string }> => {
    const dev = start(['dev', ...args], env);
    await until(() => dev.output().includes('Ctrl-C'));
    return { ...dev, url: /http:\/\/[\d.]+:\d+/.exec(dev.output())?.[0] ?? '' };
  };

  it('draws what forward sends, fitting 80 columns, and sums up after Ctrl-C', async () => {
    const dev = await listening(['--port', '0'], { LC_ALL: 'C' });
    await runCli(
      ['forward', '--endpoint', dev.url],
      `${line(spans('first', 'x'.repeat(200)))}\n${line(logs('hello'))}\n`,
    );
    await until(() => dev.output().includes('trace 0af'));
    dev.child.kill('SIGINT');
    const { code, stdout, stderr } = await dev.finished;
    expect(code).toBe(0);
    expect(stdout).toContain('hello');
    expect(stdout).toMatch(/first .*#/);
    expect(stdout).toMatch(/^[\x20-\x7e\n]+$/);
    for (const text of stdout.split('\n')) expect(text.length).toBeLessThanOrEqual(80);
    expect(stderr).toContain('Received 2 spans, 0 data points, 1 log record');
  });

  it('prints OTLP/JSON for machines', async () => {
    const dev = await listening(['--port', '0', '--json']);
    await runCli(['forward', '--endpoint', dev.url], `${line(logs('a'))}\n`);
    dev.child.kill('SIGTERM');
    const { code, stdout } = await dev.finished;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(logs('a').message);
  });

  it('colours when told to', async () => {
    const dev = await listening(['--port', '0'], { FORCE_COLOR: '1', LC_ALL: 'C.UTF-8' });
    await runCli(['forward', '--endpoint', dev.url], `${line(spans('a'))}\n`);
    dev.child.kill('SIGINT');
    expect((await dev.finished).stdout).toContain('\u001b[1mtrace');
  });

  it('refuses a port that is taken with exit code 2', async () => {
    const finished = await runCli(['dev', '--port', String(server.port)]);
    expect(finished.code).toBe(2);
    expect(finished.stderr).toContain('EADDRINUSE');
    expect(finished.stderr).toContain('--port 0');
  });
});
