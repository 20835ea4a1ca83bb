import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseOtlpJson, requestFromJson } from '@serverless-otlp/otlp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const repository = join(import.meta.dirname, '../../..');
const INDEX = pathToFileURL(join(import.meta.dirname, 'index.ts')).href;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(repository, 'node_modules/.otlp-lambda-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const LAMBDA = {
  AWS_LAMBDA_FUNCTION_NAME: 'shop',
  AWS_LAMBDA_FUNCTION_VERSION: '7',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
  AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/shop',
  AWS_LAMBDA_LOG_STREAM_NAME: '2026/11/21/[7]abc',
  AWS_REGION: 'eu-west-1',
};
const PRELUDE = `
  import { logs, metrics, trace } from '@opentelemetry/api';
  const context = (awsRequestId = 'r1') => ({ awsRequestId, functionName: 'shop', functionVersion: '7',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:shop:live', getRemainingTimeInMillis: () => 30000 });
`;

interface Span {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}
interface Ended {
  /** What was printed, in order: a line of the program's, or \`traces: a,b\`. */
  readonly printed: readonly string[];
  readonly spans: readonly Span[];
  readonly resource: Readonly<Record<string, unknown>>;
  readonly err: string;
  readonly code: number | null;
  readonly signal: string | null;
}

const valueOf = (value: Record<string, unknown>): unknown => {
  const [first] = Object.values(value);
  const { values } = (first ?? {}) as { values?: readonly Record<string, unknown>[] };
  return values === undefined ? first : values.map(valueOf);
};
const attributesOf = (list: readonly { key: string; value: Record<string, unknown> }[] = []) =>
  Object.fromEntries(list.map(({ key, value }) => [key, valueOf(value)]));

interface Line {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: [] };
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string; readonly attributes: [] }[] }[];
  }[];
}

const read = (out: string): Pick<Ended, 'printed' | 'spans' | 'resource'> => {
  const spans: Span[] = [];
  let resource = {};
  const printed = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      if (!line.startsWith('{"resource')) return line;
      // Every line must be a request that the parser of the forwarder takes.
      const { signal } = requestFromJson(parseOtlpJson(line));
      const { resourceSpans = [] } = JSON.parse(line) as Line;
      const written = resourceSpans.flatMap((one) => {
        resource = attributesOf(one.resource.attributes);
        return one.scopeSpans.flatMap((scope) => scope.spans);
      });
      spans.push(...written.map(({ attributes, name }) => ({ name, attributes: attributesOf(attributes) })));
      return `${signal}: ${written.map(({ name }) => name).join(',')}`;
    });
  return { printed, spans, resource };
};

const run = (program: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> => {
  const file = join(folder, 'program.mjs');
  writeFileSync(file, `${PRELUDE}\n${program.replaceAll('LAMBDA', JSON.stringify(INDEX))}`);
  const clean = Object.entries(process.env).filter(([name]) => !/^(OTEL|OTLP|AWS|NODE)_/.test(name));
  const child = spawn(process.execPath, ['--conditions=@serverless-otlp/source', file], {
    cwd: folder,
    env: { ...Object.fromEntries(clean), ...LAMBDA, OTLP_STDOUT_EXPORTER_FORMAT: 'otlp_json', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (part: Buffer) => {
    out += part.toString();
    if (out.includes('kill me')) child.kill('SIGTERM');
  });
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ ...read(out), err, code, signal }));
  });
};

const PLAIN = `
  import { traced } from LAMBDA;
  const handler = traced(async () => 'result');
  console.log(await handler({}, context()));
`;

describe('a process of Lambda', () => {
  it('says of everything what its function is', async () => {
    const { printed, resource, spans } = await run(PLAIN);
    expect(printed).toEqual(['traces: shop', 'result']);
    expect(resource).toMatchObject({
      'service.name': 'shop',
      'cloud.provider': 'aws',
      'cloud.platform': 'aws_lambda',
      'cloud.region': 'eu-west-1',
      'faas.name': 'shop',
      'faas.version': '7',
      'faas.instance': '2026/11/21/[7]abc',
      'faas.max_memory': '134217728',
      'aws.log.group.names': ['/aws/lambda/shop'],
      'telemetry.sdk.language': 'nodejs',
    });
    expect(spans[0]?.attributes).toMatchObject({
      'faas.coldstart': true,
      'cloud.resource_id': 'arn:aws:lambda:eu-west-1:123456789012:function:shop:7',
      'aws.lambda.invoked_arn': 'arn:aws:lambda:eu-west-1:123456789012:function:shop:live',
    });
  }, 30_000);

  it('reads OTEL_RESOURCE_ATTRIBUTES whole, and OTEL_SERVICE_NAME wins over it (fault 32)', async () => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: 'service.name=low,team=a%3Db,url=x', OTEL_SERVICE_NAME: 'high' };
    expect((await run(PLAIN, env)).resource).toMatchObject({ 'service.name': 'high', team: 'a=b', url: 'x' });
    const option = PLAIN.replace(
      "'result')",
      "'result', { serviceName: 'top', resourceAttributes: { team: 'mine' } })",
    );
    expect((await run(option, env)).resource).toMatchObject({ 'service.name': 'top', team: 'mine' });
  }, 30_000);

  it.each([
    ['provisioned-concurrency', false],
    ['on-demand', true],
  ])(
    'with %s has a cold start: %s',
    async (type, coldStart) => {
      const { spans } = await run(PLAIN, { AWS_LAMBDA_INITIALIZATION_TYPE: type });
      expect(spans[0]?.attributes['faas.coldstart']).toBe(coldStart);
    },
    30_000,
  );

  it('takes the parent from _X_AMZN_TRACE_ID when the event carries nothing (fault 25)', async () => {
    const program = `import { traced, traceFields } from LAMBDA;
      console.log(await traced(async () => traceFields().trace_id)({}, context()));`;
    const header = 'Root=1-63441c4a-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=';
    const sampled = await run(program, { _X_AMZN_TRACE_ID: `${header}1` });
    expect(sampled.printed).toEqual(['traces: shop', '63441c4aabcdef012345678912345678']);
    const passive = await run(program, { _X_AMZN_TRACE_ID: `${header}0` });
    expect(passive.printed[0]).toBe('traces: shop');
    expect(passive.printed[1]).not.toBe('63441c4aabcdef012345678912345678');
  }, 30_000);

  it('writes nothing when OTEL_SDK_DISABLED, or OTEL_TRACES_EXPORTER=none', async () => {
    expect((await run(PLAIN, { OTEL_SDK_DISABLED: 'true' })).printed).toEqual(['result']);
    expect((await run(PLAIN, { OTEL_TRACES_EXPORTER: 'none' })).printed).toEqual(['result']);
    expect((await run(PLAIN, { OTEL_TRACES_SAMPLER: 'always_off' })).printed).toEqual(['result']);
  }, 30_000);

  it('tells a setting nobody can use on stderr', async () => {
    const env = {
      OTLP_LAMBDA_FLUSH: 'never',
      OTLP_LAMBDA_SLOW_MS: '-1',
      OTLP_LAMBDA_KEEP: 'all',
      OTEL_TRACES_SAMPLER: 'x',
    };
    const { err, printed } = await run(PLAIN, env);
    expect(printed).toEqual(['traces: shop', 'result']);
    for (const what of ['"never" is not one of sync', 'OTLP_LAMBDA_SLOW_MS must', '"all" is not', '"x" is unknown'])
      expect(err).toContain(what);
  }, 30_000);

  it('works for a program that requires it', async () => {
    const program = `
      import { createRequire } from 'node:module';
      const { traced } = createRequire(import.meta.url)(${JSON.stringify(join(import.meta.dirname, 'index.ts'))});
      console.log(await traced(async () => 'result')({}, context()));`;
    expect((await run(program)).printed).toEqual(['traces: shop', 'result']);
  }, 30_000);

  it('writes open spans when it is told to end, and ends', async () => {
    const program = `
      import { traced } from LAMBDA;
      setInterval(() => {}, 1000);
      traced(async () => { trace.getTracer('t').startSpan('inside'); console.log('kill me'); await new Promise(() => {}); })({}, context());`;
    const { printed, signal, spans } = await run(program);
    expect([printed, signal]).toEqual([['kill me', 'traces: shop,inside'], 'SIGTERM']);
    expect(spans.map(({ attributes }) => attributes['serverless_otlp.incomplete'])).toEqual(['shutdown', 'shutdown']);
  }, 30_000);

  it('writes at its end only, in finalize', async () => {
    const program = `
      import { traced } from LAMBDA;
      const handler = traced(async () => 'result', { flush: 'finalize' });
      for (const id of ['a', 'b']) console.log(await handler({}, context(id)));`;
    expect((await run(program)).printed).toEqual(['result', 'result', 'traces: shop,shop']);
  }, 30_000);

  it("respects the user's providers, and flushes them before the response (fault 26)", async () => {
    const program = `
      import { TracerProvider } from '@opentelemetry/sdk-trace';
      const ended = [];
      const flush = async () => { await new Promise((resolve) => setTimeout(resolve, 5)); console.log('flushed ' + ended.splice(0)); };
      const provider = new TracerProvider({ spanProcessors: [{ onStart() {}, onEnd: ({ name }) => ended.push(name), forceFlush: flush, shutdown: flush }] });
      trace.setGlobalTracerProvider(provider);
      const { traced } = await import(LAMBDA);
      console.log(await traced(async () => 'result')({}, context()));`;
    expect((await run(program)).printed).toEqual(['flushed shop', 'result']);
  }, 30_000);

  it('loads metrics and logs when they are first used', async () => {
    const program = `
      import { traced } from LAMBDA;
      const logger = logs.getLogger('t');
      let counter;
      const handler = traced(async (event) => { if (event.use) { counter.add(1); logger.emit({ body: 'x' }); } return 'result'; });
      counter = metrics.getMeter('t').createCounter('c');
      console.log(await handler({}, context()));
      console.log(await handler({ use: true }, context()));`;
    const { printed } = await run(program);
    expect(printed.slice(0, 2)).toEqual(['traces: shop', 'result']);
    expect([...printed.slice(2, 5)].sort()).toEqual(['logs: ', 'metrics: ', 'traces: shop']);
    expect(printed[5]).toBe('result');
  }, 30_000);
});
