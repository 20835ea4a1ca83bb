import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipBounded, type Inflate, loadCompact, parseOtlpJson, readEnvelope } from '@serverless-otlp/otlp';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(loadCompact);

const repository = join(import.meta.dirname, '../../../..');
const INDEX = pathToFileURL(join(import.meta.dirname, '../index.ts')).href;

interface Written {
  readonly name: string;
  readonly attributes?: readonly { readonly key: string; readonly value: unknown }[];
}

/** A program with `tracer`, `handler(work)` and `call()`: its lines, and the spans in them. */
const run = (program: string, env: Readonly<Record<string, string>> = {}) => {
  const text = `
    import { trace } from '@opentelemetry/api';
    import { traced } from ${JSON.stringify(INDEX)};
    const tracer = trace.getTracer('test');
    const context = { awsRequestId: 'r1', functionName: 'shop', invokedFunctionArn: 'arn:aws:lambda:eu-west-1:1:function:shop' };
    ${program}`;
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ['--conditions=@serverless-otlp/source', '--input-type=module', '--eval', text],
    { cwd: repository, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', ...env }, timeout: 60_000 },
  );
  const lines = stdout.split('\n').filter((line) => line !== '');
  const spans = lines.flatMap((line) => {
    const value = parseOtlpJson(line) as Readonly<Record<string, unknown>>;
    const unzip = (packed: Uint8Array, inflate: Inflate = gunzipBounded) => inflate(packed, 64e6);
    const { resourceSpans = [] } = readEnvelope(value, line, unzip).request.message;
    return resourceSpans.flatMap(({ scopeSpans = [] }) =>
      scopeSpans.flatMap((scope) => (scope.spans ?? []) as unknown as readonly Written[]),
    );
  });
  return { status, stderr, lines, spans, names: spans.map(({ name }) => name) };
};

describe('spanWriter', () => {
  it('splits what is too long for one line, and loses nothing', () => {
    const { lines, names } = run(`
      const noise = () => Array.from({ length: 40 }, () => Math.random().toString(36)).join('');
      const handler = traced(async () => {
        for (let i = 0; i < 300; i++) tracer.startSpan('child ' + i, { attributes: { noise: noise() } }).end();
      });
      await handler({}, context);
      tracer.startSpan('stray').end();
      await handler({}, context);`);
    expect(new Set(names)).toEqual(new Set(['shop', 'stray', ...Array.from({ length: 300 }, (_, i) => `child ${i}`)]));
    expect(names).toHaveLength(2 * 301 + 1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60_000);
  });

  it('writes in the format that is asked for, from the first invocation on', () => {
    const { lines, names } = run(`await traced(async () => 1)({}, context);`, {
      OTLP_STDOUT_EXPORTER_FORMAT: 'compact',
    });
    expect(names).toEqual(['shop']);
    expect(lines[0]).not.toContain('content-encoding');
  });

  it('writes at once when the process exits, all that is held', () => {
    const { names, status } = run(`
      const handler = traced(() => 1);
      await handler({}, context);
      tracer.startSpan('held').end();
      void handler({}, context);
      tracer.startSpan('late').end();
      process.exit(3);`);
    expect([status, names]).toEqual([3, ['shop', 'shop', 'held', 'late']]);
  });

  it('writes no secret, whoever set it, unless that is switched off', () => {
    const program = `
      const event = { version: '2.0', routeKey: 'GET /a', rawPath: '/a', rawQueryString: 'a=1&api_key=hush', headers: {},
        requestContext: { domainName: 'example.com', http: { method: 'GET', path: '/a' } } };
      await traced(async () => {
        const span = tracer.startSpan('call', { attributes: { 'url.full': 'https://me:hush@example.com/?sig=hush' } });
        span.setAttribute('http.request.header.authorization', ['Bearer hush']);
        span.addEvent('sent', { 'http.request.header.cookie': 'a=hush' });
        span.end();
      })(event, context);`;
    const { spans } = run(program);
    expect(spans).toHaveLength(2);
    expect(JSON.stringify(spans)).not.toContain('hush');
    expect(JSON.stringify(spans).match(/REDACTED/g)).toHaveLength(6);
    expect(JSON.stringify(run(program, { OTLP_LAMBDA_REDACT: 'false' }).spans).match(/hush/g)).toHaveLength(5);
  });
});
