import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folderOf = (name: string): string => join(root, 'examples', name);
const CLI = join(root, 'packages/cli/bin/serverless-otlp.js');
const CONDITIONS = '--conditions=@serverless-otlp/source';

/** As a user's shell, but with the sources of this clone in place of the packages of the registry. */
const clean = Object.entries(process.env).filter(
  ([name]) => !/^(?:(?:OTEL|OTLP|AWS|VITEST)_|NODE_OPTIONS$)/.test(name),
);
const ENV = { ...Object.fromEntries(clean), NODE_OPTIONS: CONDITIONS };
const SHELL = `npx() { shift; node "${CLI}" "$@"; }
esbuild() { "${join(root, 'node_modules/.bin/esbuild')}" "$@" ${CONDITIONS}; }
set -e
`;

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly status?: { readonly code?: number };
  readonly links?: readonly { readonly spanId: string }[];
  readonly attributes?: readonly Attribute[];
}
interface Request {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string }[] }[];
  }[];
}

const SERVER = 2;
const CLIENT = 3;
const CONSUMER = 5;
const ERROR = 2;

let dev: ChildProcess;
let endpoint = '';
let received: Request[] = [];

beforeAll(async () => {
  dev = spawn(process.execPath, [CLI, 'dev', '--port', '0', '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  if (dev.stdout === null || dev.stderr === null) throw new TypeError('pipes are never null');
  createInterface({ input: dev.stdout }).on('line', (line) => received.push(JSON.parse(line) as Request));
  const url = /http:\/\/[\d.]+:\d+/;
  const lines = createInterface({ input: dev.stderr });
  endpoint = await new Promise((resolve) => lines.on('line', (line) => resolve(url.exec(line)?.[0] ?? '')));
}, 60_000);

afterAll(async () => {
  dev.kill('SIGINT');
  await once(dev, 'close');
});

beforeEach(() => {
  received = [];
});

const spansOf = (requests: readonly Request[]): readonly Span[] =>
  requests.flatMap(({ resourceSpans = [] }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );

/** What `dev` was sent, when it has printed so many spans. */
const spansReceived = async (count: number): Promise<readonly Span[]> => {
  for (let tries = 0; tries < 500 && spansOf(received).length < count; tries += 1) await sleep(20);
  return spansOf(received);
};

const named = (spans: readonly Span[], name: string): Span => {
  const found = spans.find((span) => span.name === name);
  if (found === undefined) throw new Error(`no span "${name}"; there are: ${spans.map((one) => one.name).join(', ')}`);
  return found;
};

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of a README in its folder. */
const shell = async (name: string, command: string): Promise<Ended> => {
  const env = { ...ENV, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
  const child = spawn('sh', ['-c', SHELL + command], { cwd: folderOf(name), env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, out, err };
};

/** Those that can be invoked here. */
const EXAMPLES = readdirSync(join(root, 'examples')).filter((name) => existsSync(join(folderOf(name), 'invoke.ts')));

const manifestOf = (path: string): Readonly<Record<string, Readonly<Record<string, string>>>> =>
  JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;

/** The command of the README that sends what an invocation prints. */
const sending = (name: string): string => {
  const readme = readFileSync(join(folderOf(name), 'README.md'), 'utf8');
  const command = /^node invoke\.ts .*\| npx serverless-otlp forward.*$/m.exec(readme)?.[0];
  if (command === undefined) throw new Error(`the README of ${name} has no command that sends`);
  return command;
};

/** Calls the built handler with what Lambda gives it, and prints its spans. */
const builtSpans = async (name: string, prelude: string, events: readonly string[]): Promise<readonly Span[]> => {
  const { build = '' } = manifestOf(folderOf(name))['scripts'] ?? {};
  const output = /--outfile=(\S+)/.exec(build)?.[1] ?? '';
  const program = `
    import { readFileSync } from 'node:fs';
    import { PassThrough } from 'node:stream';
    ${prelude}
    const { handler } = await import('./${output}');
    const context = { awsRequestId: 'r', functionName: 'f', invokedFunctionArn: 'arn:aws:lambda:eu-west-1:1:function:f' };
    const streaming = Symbol.for('aws.lambda.runtime.handler.streaming') in handler;
    for (const path of ${JSON.stringify(events)}) {
      const event = JSON.parse(readFileSync(path, 'utf8'));
      await (streaming ? handler(event, new PassThrough().resume(), context) : handler(event, context));
    }`;
  const command = `${build}\nOTLP_STDOUT_EXPORTER_FORMAT=otlp_json node --input-type=module -e "$PROGRAM"`;
  const { code, err, out } = await shell(name, `PROGRAM=$(cat <<'END'\n${program}\nEND\n)\n${command}`);
  expect(code, err).toBe(0);
  const lines = out.split('\n').filter((line) => line.startsWith('{"resourceSpans"'));
  return spansOf(lines.map((line) => JSON.parse(line) as Request));
};

describe('examples', { timeout: 120_000 }, () => {
  it.each(EXAMPLES)('%s names the versions that this repository works with', (name) => {
    const { dependencies = {}, devDependencies = {} } = manifestOf(folderOf(name));
    for (const [dependency, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      const installed = dependency === 'serverless-otlp' ? 'packages/cli' : join('node_modules', dependency);
      expect([dependency, version]).toEqual([dependency, manifestOf(join(root, installed))['version']]);
    }
  });

  it('api-dynamodb: what DynamoDB was asked is below the request, which is below its caller', async () => {
    const { code, err } = await shell('api-dynamodb', sending('api-dynamodb'));
    expect(code, err).toBe(0);
    const spans = await spansReceived(4);
    expect(spans.map(({ name }) => name).sort()).toEqual([
      'DynamoDB.GetItem',
      'DynamoDB.PutItem',
      'GET /notes/{id}',
      'PUT /notes/{id}',
    ]);
    const [get, put] = [named(spans, 'GET /notes/{id}'), named(spans, 'PUT /notes/{id}')];
    expect(get).toMatchObject({
      kind: SERVER,
      traceId: '0af7651916cd43dd8448eb211c80319c',
      parentSpanId: 'b7ad6b7169203331',
    });
    expect(put.parentSpanId ?? '').toBe('');
    expect(named(spans, 'DynamoDB.GetItem')).toMatchObject({
      kind: CLIENT,
      traceId: get.traceId,
      parentSpanId: get.spanId,
    });
    expect(named(spans, 'DynamoDB.PutItem')).toMatchObject({
      kind: CLIENT,
      traceId: put.traceId,
      parentSpanId: put.spanId,
    });
  });

  it('sqs-partial-failures: each message has its span, linked to its sender, failed or not', async () => {
    const { code, err, out } = await shell('sqs-partial-failures', sending('sqs-partial-failures'));
    expect(code, err).toBe(0);
    expect(err).toMatch(/batchItemFailures: \[\s+\{ itemIdentifier: 'b0d1.*\},\s+\{ itemIdentifier: 'd0d1/);
    const spans = await spansReceived(8);
    const batch = spans.find(({ links }) => links?.length === 3);
    expect(batch).toMatchObject({ name: 'process orders', kind: CONSUMER, status: { code: ERROR } });
    const messages = spans.filter(({ parentSpanId }) => parentSpanId === batch?.spanId);
    expect(messages.map(({ name, kind }) => [name, kind])).toEqual(Array(4).fill(['process orders', CONSUMER]));
    expect(messages.filter(({ status }) => status?.code === ERROR)).toHaveLength(2);
    const senders = messages.flatMap(({ links = [] }) => links.map(({ spanId }) => spanId)).sort();
    expect(senders).toEqual(['463ac35c9f6413ad', 'b7ad6b7169203331', 'eee19b7ec3c1b174']);
    expect(batch?.links?.map(({ spanId }) => spanId).sort()).toEqual(senders);
    expect(spans.filter(({ name }) => name === 'charge card')).toHaveLength(3);
    expect(JSON.stringify(received)).toContain('"orders.charged"');
    // The function's own lines are passed through, and know the trace.
    const line = JSON.parse(out.split('\n').find((one) => one.includes('"charged"')) ?? '') as Record<string, string>;
    expect(messages.map(({ spanId }) => spanId)).toContain(line['span_id']);
  });

  it('streaming-function-url: the span of the request covers those of its rows', async () => {
    const { code, err } = await shell('streaming-function-url', sending('streaming-function-url'));
    expect(code, err).toBe(0);
    expect(err).toContain('number,square\n1,1\n2,4\n3,9\n');
    const spans = await spansReceived(4);
    const request = named(spans, 'GET');
    expect(request).toMatchObject({ kind: SERVER, parentSpanId: '00f067aa0ba902b7' });
    const rows = spans.filter(({ name }) => name === 'read row');
    expect(rows.map(({ parentSpanId }) => parentSpanId)).toEqual(Array(3).fill(request.spanId));
  });

  it('built as their READMEs say, they emit the same', async () => {
    const local = `
      import { startTable } from './table.ts';
      const { url } = await startTable();
      Object.assign(process.env, { AWS_ENDPOINT_URL_DYNAMODB: url, AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' });`;
    const api = await builtSpans('api-dynamodb', local, ['events/put-note.json']);
    expect(named(api, 'DynamoDB.PutItem').parentSpanId).toBe(named(api, 'PUT /notes/{id}').spanId);
    const queue = await builtSpans('sqs-partial-failures', '', ['event.json']);
    expect(queue.map(({ name }) => name).sort()).toEqual([
      ...Array<string>(3).fill('charge card'),
      ...Array<string>(5).fill('process orders'),
    ]);
    const stream = await builtSpans('streaming-function-url', '', ['event.json']);
    expect(stream.map(({ name }) => name)).toEqual(['read row', 'read row', 'read row', 'GET']);
  });
});
