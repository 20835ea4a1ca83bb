import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoopbackServer, loopbackServer } from './loopback-server.ts';
import { type Ended, runProgram, type WrittenSpan } from './program.ts';

const programs = join(import.meta.dirname, 'programs');
const repository = join(import.meta.dirname, '../..');
/** Processes that load the AWS SDK take their time on a busy machine. */
const LONG = 90_000;

let server: LoopbackServer;
let folder: string;
beforeAll(async () => {
  server = await loopbackServer();
  // Below the repository's own modules, where what is left out of a bundle is found.
  folder = mkdtempSync(join(repository, 'node_modules/.otlp-instrumentation-'));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const HTTP = '@opentelemetry/instrumentation-http';
const UNDICI = '@opentelemetry/instrumentation-undici';
const AWS = '@opentelemetry/instrumentation-aws-sdk';
const ORDERS = ['a', 'b', 'c'];

interface Seen {
  readonly path: string;
  readonly traceparent?: string;
  readonly xRay?: string;
}
interface Result {
  readonly order: string;
  readonly saw: readonly Seen[];
  readonly item: unknown;
  readonly text: string;
}

const bundled = async (program: string, outfile: string, options: BuildOptions): Promise<string> => {
  const path = join(folder, outfile);
  const esm = options.format === 'esm';
  await build({
    entryPoints: [join(programs, program)],
    outfile: path,
    bundle: true,
    platform: 'node',
    target: 'node22',
    conditions: ['@serverless-otlp/source'],
    logLevel: 'error',
    // What a bundle of CommonJS has by itself, and one of ESM has not; and the other way round.
    banner: {
      js: esm
        ? "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);"
        : "const bundleUrl = require('node:url').pathToFileURL(__filename).href;",
    },
    define: esm ? {} : { 'import.meta.url': 'bundleUrl' },
    ...options,
  });
  return path;
};

const runShop = (args: readonly string[]): Promise<Ended> =>
  runProgram(args, { SERVER_URL: server.url, ORDERS: ORDERS.join(',') }, folder);

/** Whether a request that a server saw was sent by this span. */
const sentBy = ({ traceparent, xRay }: Seen, { spanId, traceId }: WrittenSpan): boolean =>
  traceparent === `00-${traceId}-${spanId}-01` &&
  xRay === `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId};Sampled=1`;

/** What must hold of every order of the shop, however the program was made; the AWS SDK may be seen as what it is, or as HTTP. */
const checkShop = ({ code, err, printed, spans }: Ended, awsIsSeen: boolean): void => {
  expect([code, err]).toEqual([0, '']);
  const results = printed[0] as readonly Result[];
  const roots = spans.filter(({ scope }) => scope === '@serverless-otlp/lambda');
  expect(new Set(roots.map(({ traceId }) => traceId)).size).toBe(ORDERS.length);
  for (const { item, order, saw, text } of results) {
    expect([item, text]).toEqual([{ id: 'x' }, 'hello']);
    const root = roots.find(({ attributes }) => attributes['faas.invocation.id'] === order);
    const own = spans.filter(({ traceId }) => traceId === root?.traceId);
    const children = own.filter((span) => span !== root);
    // Whatever began inside, in whatever callback, stands below its own invocation.
    expect(new Set(children.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([root?.spanId]));
    const count = (scope: string): number => children.filter((span) => span.scope === scope).length;
    expect([count(HTTP), count(UNDICI), count(AWS)]).toEqual(awsIsSeen ? [2, 1, 3] : [5, 1, 0]);
    expect(
      children
        .filter(({ scope }) => scope === 'shop')
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual([
      `after dynamodb ${order}`,
      `end of /fetch/${order}`,
      `end of /http/${order}/1`,
      `end of /http/${order}/2`,
      `response of /http/${order}/1`,
      `response of /http/${order}/2`,
    ]);
    expect(saw.map(({ path }) => path)).toEqual([`/http/${order}/1`, `/http/${order}/2`, `/fetch/${order}`]);
    for (const seen of saw) expect(children.filter((span) => sentBy(seen, span)).map(({ kind }) => kind)).toEqual([3]);
  }
};

describe('instrumentation libraries beside traced, many invocations at once', () => {
  it(
    'unbundled, registered as the guide says',
    async () => {
      const guide = readFileSync(join(repository, 'docs/guides/instrumentation-limits.md'), 'utf8');
      const preload = join(folder, 'instrumentations.mjs');
      writeFileSync(preload, /```js\n([^]*?)```/.exec(guide)?.[1] ?? '');
      checkShop(await runShop(['--import', preload, join(programs, 'shop.ts')]), true);
    },
    LONG,
  );

  it.each(['cjs', 'esm'] as const)(
    'bundled whole (%s): calls of the AWS SDK are seen as HTTP',
    async (format) => {
      const path = await bundled('shop-instrumented.ts', `whole.${format === 'esm' ? 'mjs' : 'cjs'}`, { format });
      checkShop(await runShop([path]), false);
    },
    LONG,
  );

  const external = ['@aws-sdk/*', '@smithy/*'];
  it(
    'bundled without the AWS SDK (cjs)',
    async () => {
      const path = await bundled('shop-instrumented.ts', 'without.cjs', { format: 'cjs', external });
      checkShop(await runShop([path]), true);
    },
    LONG,
  );

  it(
    'bundled without the AWS SDK (esm), the libraries preloaded',
    async () => {
      // Both have to have the same API: a tracer that was asked of one copy never hears of a provider that another is given later.
      const options: BuildOptions = { format: 'esm', external: [...external, '@opentelemetry/api'] };
      const preload = await bundled('instrumentations.ts', 'preload.mjs', options);
      const path = await bundled('shop.ts', 'without.mjs', options);
      checkShop(await runShop(['--import', preload, path]), true);
    },
    LONG,
  );

  it(
    'streaming: spans of the parts stand below their own invocation, which ends with its stream',
    async () => {
      const { code, err, printed, spans } = await runProgram([join(programs, 'stream.ts')], { SERVER_URL: server.url });
      expect([code, err, printed]).toEqual([0, '', [['FIRST SECOND', 'FIRST SECOND', 'FIRST SECOND']]]);
      for (const id of ORDERS) {
        const root = spans.find(({ attributes }) => attributes['faas.invocation.id'] === id);
        const children = spans.filter(({ parentSpanId }) => parentSpanId === root?.spanId);
        expect(children.map(({ name }) => name).toSorted()).toEqual(
          ['GET', `end of ${id}`, `part of ${id}`, `part of ${id}`].toSorted(),
        );
        expect(children.every(({ end }) => end <= (root?.end ?? 0n))).toBe(true);
      }
    },
    LONG,
  );
});

describe('what nobody traces', () => {
  it(
    'the Extensions API',
    async () => {
      const env = {
        SERVER_URL: server.url,
        AWS_LAMBDA_RUNTIME_API: server.host,
        OTLP_LAMBDA_FLUSH: 'async',
        ORDERS: 'z',
      };
      const { code, err, spans } = await runProgram([join(programs, 'shop-instrumented.ts')], env);
      expect([code, err]).toEqual([0, '']);
      const calls = server.asked.filter(({ path }) => path.includes('/extension/'));
      expect(calls.map(({ path }) => path.split('/').at(-1))).toEqual(['register', 'next']);
      expect(calls.map(({ headers }) => headers.traceparent)).toEqual([undefined, undefined]);
      expect(spans.filter(({ attributes }) => String(attributes['url.full']).includes('/extension/'))).toEqual([]);
    },
    LONG,
  );

  it(
    'what an exporter of the user sends; it is awaited and never shut down',
    async () => {
      const { code, err, printed } = await runProgram([join(programs, 'users-exporter.ts')], {
        SERVER_URL: server.url,
      });
      expect([code, err]).toEqual([0, '']);
      const sent = { sent: ['inside', 'mine'] };
      expect(printed).toEqual([sent, 'result', sent, 'result', { held: 0 }]);
      const calls = server.asked.filter(({ path }) => path === '/v1/traces');
      expect(calls.map(({ headers }) => headers.traceparent)).toEqual([undefined, undefined]);
    },
    LONG,
  );
});
