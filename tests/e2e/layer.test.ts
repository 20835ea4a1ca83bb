import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { requestFromJson, parseOtlpJson } from '@serverless-otlp/otlp';
import { build, type Plugin } from 'esbuild';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildLayer, type LayerBuild } from '../../scripts/build-layer.ts';
import { repositoryRoot } from '../../scripts/source-tree.ts';
import { missingLine, type Place, runStep, stepsOf } from '../packages/guide.ts';

const source = async (name: string): Promise<unknown> =>
  import(pathToFileURL(join(repositoryRoot, 'packages/lambda/layer', name)).href);
const { handlerName } = (await source('handler-name.ts')) as { readonly handlerName: (whole: string) => unknown };
const { loadHandler } = (await source('load-handler.ts')) as {
  readonly loadHandler: (root: string, whole: string) => Promise<() => unknown>;
};

const folder = mkdtempSync(join(tmpdir(), 'otlp-layer-'));
const task = join(folder, 'task');
let layer: LayerBuild;

const write = (name: string, text: string): void => {
  mkdirSync(dirname(join(task, name)), { recursive: true });
  writeFileSync(join(task, name), text);
};

/** What a runtime does with a handler, as short as it can be. */
const RUNTIME = `
  const [file] = process.env._HANDLER.split(/\\.(?=[^.]*$)/);
  globalThis.awslambda = { streamifyResponse: (h) => ((h[Symbol.for('aws.lambda.runtime.handler.streaming')] = 'response'), h) };
  const { handler } = await import(file + '.mjs').catch((error) => {
    console.log(JSON.stringify({ initError: error.name, message: error.message }));
    process.exit(1);
  });
  const context = { awsRequestId: 'r1', functionName: 'shop', functionVersion: '1', getRemainingTimeInMillis: () => 30000,
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:shop' };
  const result = await (handler.length < 3
    ? handler({}, context)
    : new Promise((resolve) => handler({}, context, (_, value) => resolve(value))));
  const told = globalThis.ended === undefined ? result : [globalThis.ended, result];
  console.log(JSON.stringify({ result: told, length: handler.length, argv: process.argv.slice(2) }));
`;

beforeAll(async () => {
  layer = await buildLayer(join(folder, 'layer'));
  mkdirSync(task);
  symlinkSync(join(repositoryRoot, 'node_modules'), join(task, 'node_modules'));
  writeFileSync(join(folder, 'runtime.mjs'), RUNTIME);
  write('plain.js', `exports.handler = async () => 'cjs';`);
  write('broken.js', `exports.handler = async () => {`);
  write('needy.js', `require('not-there');`);
  write('nothing.js', `exports.handler = 'text';`);
  write('throws.mjs', `throw new RangeError('mine');`);
  write('callback.js', `exports.handler = (event, context, callback) => callback(null, 'called back');`);
  write('wide/app.mjs', `await 1; export const routes = { get: async () => 'nested' };`);
  write('module/package.json', '{"type":"module"}');
  write('module/index.js', `export default { handler: async () => process.env._HANDLER };`);
  write('cjs/index.cjs', `module.exports = { handler: async () => process.env.OTLP_LAMBDA_HANDLER ?? 'gone' };`);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  /** Names of the spans, in the order they were written. */
  readonly spans: readonly string[];
  readonly answer: unknown;
  readonly err: string;
}

const environment = (handler: string): Readonly<Record<string, string>> => ({
  PATH: process.env['PATH'] ?? '',
  LAMBDA_TASK_ROOT: task,
  AWS_LAMBDA_FUNCTION_NAME: 'shop',
  OTLP_STDOUT_EXPORTER_FORMAT: 'otlp_json',
  _HANDLER: handler,
});

const spansIn = (line: string): readonly string[] => {
  const { message, signal } = requestFromJson(parseOtlpJson(line));
  if (signal !== 'traces') return [];
  const { resourceSpans = [] } = message as { resourceSpans?: { scopeSpans?: { spans?: { name?: string }[] }[] }[] };
  return resourceSpans.flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap(({ spans = [] }) => spans.map(({ name = '' }) => name)),
  );
};

const run = async (
  handler: string,
  env: Readonly<Record<string, string>> = {},
  opt: string = layer.opt,
  command: readonly string[] = [process.execPath, join(folder, 'runtime.mjs')],
): Promise<Run> => {
  const options = { cwd: task, env: { ...environment(handler), ...env } };
  const { stderr, stdout } = await promisify(execFile)(join(opt, 'otlp-handler'), [...command], options).catch(
    (error: unknown) => error as { readonly stdout: string; readonly stderr: string },
  );
  const lines = stdout.trimEnd().split('\n');
  const telemetry = lines.filter((line) => line.startsWith('{"resource'));
  const rest = lines.filter((line) => !line.startsWith('{"resource'));
  return {
    spans: telemetry.flatMap(spansIn),
    answer: rest.at(-1) === undefined ? undefined : answerIn(rest),
    err: stderr,
  };
};

const answerIn = (lines: readonly string[]): unknown => {
  try {
    return JSON.parse(lines.at(-1) ?? '');
  } catch {
    return lines.at(-1);
  }
};

describe('the name of a handler', () => {
  it.each([
    ['index.handler', '.', 'index', ['handler']],
    ['src/app.routes.get', 'src', 'app', ['routes', 'get']],
    ['/opt/x/loader.handler', '/opt/x', 'loader', ['handler']],
    ['a.b/c.d', 'a.b', 'c', ['d']],
  ])('%s', (whole, at, module, path) => {
    expect(handlerName(whole)).toEqual({ whole, folder: at, module, path });
  });

  it.each(['index', '../index.handler', ''])('refuses "%s" as Lambda does', (whole) => {
    expect(() => handlerName(whole)).toThrow(expect.objectContaining({ name: 'Runtime.MalformedHandlerName' }));
  });
});

describe('what a handler names', () => {
  it.each([
    ['plain.handler', 'cjs'],
    ['wide/app.routes.get', 'nested'],
    ['cjs/index.handler', 'gone'],
  ])('%s is found', async (name, result) => {
    expect(await (await loadHandler(task, name))()).toBe(result);
  });

  it('is found in a package, too', async () => {
    mkdirSync(join(task, 'own/node_modules/pack'), { recursive: true });
    writeFileSync(join(task, 'own/node_modules/pack/index.js'), `exports.run = () => 'packed';`);
    expect((await loadHandler(task, 'own/pack.run'))()).toBe('packed');
  });

  it.each([
    ['plain.other', 'Runtime.HandlerNotFound', 'plain.other is undefined or not exported'],
    ['plain.other.more', 'Runtime.HandlerNotFound', 'plain.other.more is undefined or not exported'],
    ['nothing.handler', 'Runtime.HandlerNotFound', 'nothing.handler is not a function'],
    ['throws.handler', 'RangeError', 'mine'],
  ])('%s fails as %s', async (name, kind, message) => {
    await expect(loadHandler(task, name)).rejects.toMatchObject({ name: kind, message });
  });

  it('fails as the runtime expects when something is missing', async () => {
    await expect(loadHandler(task, 'absent.handler')).rejects.toMatchObject({ code: 'MODULE_NOT_FOUND' });
    await expect(loadHandler(task, 'needy.handler')).rejects.toMatchObject({ code: 'MODULE_NOT_FOUND' });
  });
});

describe('the layer', () => {
  it('is the same, byte for byte, when it is built twice, and small', async () => {
    const again = await buildLayer(join(folder, 'again'));
    expect(again.zipSha256).toBe(layer.zipSha256);
    expect(layer.zipBytes).toBeLessThan(80_000);
  });

  it('has the wrapper where the variable says, to be executed', () => {
    const bytes = readFileSync(layer.zip);
    expect(Object.keys(unzipSync(bytes))).toContain('otlp-handler');
    // The central directory: its record of the wrapper holds the mode in the upper half of the external attributes.
    const at = bytes.lastIndexOf('otlp-handler') - 46;
    expect((bytes.readUInt32LE(at + 38) >>> 16).toString(8)).toBe('100755');
  });

  it.each([
    ['plain.handler', 'cjs', 0],
    ['wide/app.routes.get', 'nested', 0],
    ['module/index.handler', 'module/index.handler', 0],
    ['cjs/index.handler', 'gone', 0],
  ])('traces %s, which finds its environment as it was', async (handler, result, length) => {
    const { answer, err, spans } = await run(handler);
    expect([spans, answer, err]).toEqual([['shop'], { result, length, argv: [] }, '']);
  });

  it('keeps the number of parameters, by which Node.js 24 refuses callbacks', async () => {
    const { answer, spans } = await run('callback.handler');
    expect([spans, answer]).toEqual([['shop'], { result: 'called back', length: 3, argv: [] }]);
  });

  it('leaves NODE_OPTIONS and the arguments of the runtime alone', async () => {
    write('preload.mjs', `globalThis.preloaded = true;`);
    write('options.mjs', `export const handler = async () => [globalThis.preloaded, process.env.NODE_OPTIONS];`);
    const option = `--import ${join(task, 'preload.mjs')}`;
    const command = [process.execPath, join(folder, 'runtime.mjs'), 'one', 'two words'];
    const { answer, spans } = await run('options.handler', { NODE_OPTIONS: option }, layer.opt, command);
    expect([spans, answer]).toEqual([['shop'], { result: [true, option], length: 0, argv: ['one', 'two words'] }]);
  });

  it.each([
    ['throws.handler', 'RangeError'],
    ['plain.other', 'Runtime.HandlerNotFound'],
    ['broken.handler', 'SyntaxError'],
    ['bad', 'Runtime.MalformedHandlerName'],
  ])('says of %s what Lambda would: %s', async (handler, initError) => {
    expect((await run(handler)).answer).toMatchObject({ initError });
  });

  it('is the handler of an image whose runtime client starts no wrapper; then a variable names the function', async () => {
    const loader = join(layer.opt, 'serverless-otlp/loader.handler');
    const { answer, spans } = await run(loader, { OTLP_LAMBDA_HANDLER: 'cjs/index.handler' });
    expect([spans, answer]).toEqual([['shop'], { result: 'gone', length: 0, argv: [] }]);
    const without = await run(loader);
    expect(without.answer).toMatchObject({
      initError: 'Runtime.MalformedHandlerName',
      message: expect.stringContaining('OTLP_LAMBDA_HANDLER') as string,
    });
  });

  it('does nothing when OTEL_SDK_DISABLED', async () => {
    const { answer, spans } = await run('plain.handler', { OTEL_SDK_DISABLED: 'true' });
    expect([spans, answer]).toEqual([[], { result: 'cjs', length: 0, argv: [] }]);
  });

  it('runs the function untraced, with one line of warning, when it cannot trace', async () => {
    const broken = join(folder, 'broken-layer');
    for (const [name, bytes] of Object.entries(unzipSync(readFileSync(layer.zip)))) {
      mkdirSync(dirname(join(broken, name)), { recursive: true });
      const text = basename(name).startsWith('instrument-') ? `throw new Error('no luck\\nat all')` : bytes;
      writeFileSync(join(broken, name), text, { mode: 0o755 });
    }
    const { answer, err, spans } = await run('plain.handler', {}, broken);
    expect([spans, answer]).toEqual([[], { result: 'cjs', length: 0, argv: [] }]);
    expect(err).toBe('otlp-handler: the function is not traced: Error: no luck\n');
    rmSync(join(broken, 'serverless-otlp'), { recursive: true });
    expect((await run('/dev/null', {}, broken, ['node', '-p', 'process.env._HANDLER'])).err).toContain('not traced');
  });

  it('starts another runtime as it is, and another wrapper after itself', async () => {
    const other = await run('app.main', {}, layer.opt, ['/bin/sh', '-c', 'echo "$_HANDLER"']);
    expect([other.answer, other.err]).toEqual(['app.main', expect.stringContaining('no Node.js runtime')]);
    const next = join(folder, 'next');
    writeFileSync(next, '#!/bin/sh\necho "next $#"\nexec "$@"\n', { mode: 0o755 });
    const env = { OTLP_LAMBDA_NEXT_EXEC_WRAPPER: next };
    expect((await run('plain.handler', env)).spans).toEqual(['shop']);
  });
});

const API_USER = `
  import { trace, metrics } from '@opentelemetry/api';
  const tracer = trace.getTracer('at the top');
  const counter = metrics.getMeter('at the top').createCounter('calls');
  export const handler = async () => {
    counter.add(1);
    return tracer.startActiveSpan('inside', (span) => { span.end(); return trace.getActiveSpan() === span; });
  };
`;

/** Another copy of the API that calls itself what we want. */
const otherVersion = (version: string): Plugin => ({
  name: 'other-version',
  setup: (made) => {
    made.onLoad({ filter: /@opentelemetry[\\/]api[\\/]dist[\\/].*\.mjs$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/"1\.\d+\.\d+"/g, JSON.stringify(version)),
    }));
  },
});

const bundled = async (name: string, source: string, version: string): Promise<void> => {
  await build({
    stdin: { contents: source, resolveDir: repositoryRoot },
    bundle: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    outfile: join(task, name),
    plugins: [otherVersion(version)],
    logLevel: 'error',
  });
};

describe("the function's own API of OpenTelemetry", () => {
  it('reaches our provider from the top of its module on: not bundled, bundled, bundled and older', async () => {
    write('unbundled.mjs', API_USER);
    await bundled('bundled.mjs', API_USER, '1.10.0');
    await bundled('older.mjs', API_USER, '1.4.1');
    for (const name of ['unbundled', 'bundled', 'older']) {
      const { answer, spans } = await run(`${name}.handler`);
      expect([name, [...spans].sort(), answer]).toEqual([
        name,
        ['inside', 'shop'],
        { result: true, length: 0, argv: [] },
      ]);
    }
  });

  it("a provider that NODE_OPTIONS registers is respected, by whatever copy of the API: the invocation's span is its", async () => {
    const provider = `
      import { trace } from '@opentelemetry/api';
      const span = (name) => ({ spanContext: () => ({ traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: 1 }),
        setAttribute() {}, setAttributes() {}, setStatus() {}, recordException() {}, addEvent() {}, isRecording: () => true,
        end: () => (globalThis.ended = 'theirs: ' + name) });
      trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan: span }) });
    `;
    for (const version of ['1.4.1', '1.10.0']) {
      await bundled('provider.mjs', provider, version);
      const { answer, spans } = await run('plain.handler', { NODE_OPTIONS: `--import ${join(task, 'provider.mjs')}` });
      const theirs = { result: ['theirs: shop', 'cjs'], length: 0, argv: [] };
      expect([version, spans, answer]).toEqual([version, [], theirs]);
    }
  });
});

describe('instrumentation libraries', () => {
  const LIBRARIES = `
    import { registerInstrumentations } from '@opentelemetry/instrumentation';
    import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
    registerInstrumentations({ instrumentations: [new UndiciInstrumentation()] });`;
  const CALLER = `
    import { createServer } from 'node:http';
    export const handler = async () => {
      const server = createServer((_, response) => response.end('hello'));
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      const answer = await fetch('http://127.0.0.1:' + server.address().port);
      server.close();
      return answer.text();
    };`;

  it('of OTLP_LAMBDA_IMPORT are loaded between telemetry and the function', async () => {
    write('lib/libraries.mjs', LIBRARIES);
    write('caller.mjs', CALLER);
    const { answer, err, spans } = await run('caller.handler', { OTLP_LAMBDA_IMPORT: './lib/libraries.mjs' });
    expect([[...spans].sort(), answer, err]).toEqual([['GET', 'shop'], { result: 'hello', length: 0, argv: [] }, '']);
  });

  it('that cannot be loaded are told, and the function is traced', async () => {
    const { answer, err, spans } = await run('plain.handler', { OTLP_LAMBDA_IMPORT: './absent.mjs' });
    expect([spans, answer]).toEqual([['shop'], { result: 'cjs', length: 0, argv: [] }]);
    expect(err).toMatch(/^otlp-handler: \.\/absent\.mjs of OTLP_LAMBDA_IMPORT cannot be loaded: .*\n$/);
  });
});

describe('a function that is traced in its own code', () => {
  it('is traced once', async () => {
    await build({
      stdin: {
        contents: `import { traced } from '@serverless-otlp/lambda'; export const handler = traced(async () => 'traced');`,
        resolveDir: repositoryRoot,
      },
      bundle: true,
      format: 'esm',
      platform: 'node',
      mainFields: ['module', 'main'],
      conditions: ['@serverless-otlp/source'],
      outfile: join(task, 'traced.mjs'),
      logLevel: 'error',
    });
    const { answer, err, spans } = await run('traced.handler');
    expect([spans, answer, err]).toEqual([['shop'], { result: 'traced', length: 0, argv: [] }, '']);
  });
});

describe('the guide zero-code.md, from an empty folder', () => {
  let place: Place;
  beforeAll(() => {
    const cache = join(repositoryRoot, '.cache');
    mkdirSync(cache, { recursive: true });
    const empty = mkdtempSync(join(cache, 'guide-'));
    writeFileSync(join(empty, 'package.json'), '{}');
    writeFileSync(join(empty, '.exported'), '');
    const clean = Object.entries(process.env).filter(([name]) => !/^(OTEL|OTLP|AWS|NODE|VITEST)/.test(name));
    const path = [dirname(process.execPath), join(repositoryRoot, 'node_modules/.bin'), process.env['PATH'] ?? ''];
    place = {
      folder: empty,
      // What is in this clone in place of what npm would install and what was built.
      prelude: `npm() { test "$1" = install; }; npx() { "$@"; }; unzip() { cp -r '${layer.opt}' "$4"; }`,
      env: {
        ...Object.fromEntries(clean),
        PATH: path.join(delimiter),
        NODE_OPTIONS: '--conditions=@serverless-otlp/source',
        NO_COLOR: '1',
      },
    };
  });
  afterAll(() => rmSync(place.folder, { recursive: true, force: true }));

  it.each(stepsOf('zero-code.md'))('$name', async (step) => {
    const printed = await runStep(step, place);
    expect(missingLine(step.prints ?? '', printed), printed).toBeUndefined();
  });
});
