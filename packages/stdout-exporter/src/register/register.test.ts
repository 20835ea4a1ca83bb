import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { otlpRequest, parseOtlpJson, requestFromJson } from '@serverless-otlp/otlp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const REGISTER = pathToFileURL(join(import.meta.dirname, '../register.ts')).href;
const repository = join(import.meta.dirname, '../../../..');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(repository, 'node_modules/.otlp-register-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly lines: readonly string[];
  readonly err: string;
  readonly code: number | null;
  readonly signal: string | null;
}

/** Runs a program that was registered; `cwd` decides which SDK is found. */
const run = (program: string, env: Readonly<Record<string, string>> = {}, cwd = folder): Promise<Ended> => {
  const file = join(cwd, 'program.cjs');
  writeFileSync(file, program);
  const args = ['--conditions=@serverless-otlp/source', '--import', REGISTER, file];
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(OTEL|OTLP|AWS|NODE)_/.test(name)),
  );
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...clean, OTLP_STDOUT_EXPORTER_FORMAT: 'otlp_json', ...env },
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
    child.once('close', (code, signal) =>
      resolve({ lines: out.split('\n').filter((line) => line.startsWith('{')), err, code, signal }),
    );
  });
};

const requestsOf = ({ lines }: Ended) => lines.map((line) => requestFromJson(parseOtlpJson(line)));

const SHOP = `
  const { context, logs, metrics, trace } = require('@opentelemetry/api');
  const tracer = trace.getTracer('shop');
  tracer.startActiveSpan('root', async (root) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    tracer.startSpan('child').end();
    logs.getLogger('shop').emit({ body: 'hello', severityNumber: 9 });
    root.end();
  });
  metrics.getMeter('shop').createCounter('sold').add(3);
`;

describe('register', () => {
  it('sets up all three signals by the standard variables, and writes them before the process ends', async () => {
    const ended = await run(SHOP, { OTEL_SERVICE_NAME: 'shop', OTEL_RESOURCE_ATTRIBUTES: 'team=a%20b' });
    expect(ended).toMatchObject({ code: 0, err: '' });
    const requests = requestsOf(ended);
    expect(requests.map(({ signal, items }) => `${items} ${signal}`).sort()).toEqual([
      '1 logs',
      '1 metrics',
      '2 traces',
    ]);
    for (const { signal, bytes } of requests) {
      const text = JSON.stringify(otlpRequest(signal, bytes).message);
      expect(text).toContain('{"key":"service.name","value":{"stringValue":"shop"}}');
      expect(text).toContain('{"key":"team","value":{"stringValue":"a b"}}');
    }
    const spans = requests.find(({ signal }) => signal === 'traces')?.message.resourceSpans?.[0]?.scopeSpans?.[0]
      ?.spans;
    expect(spans?.[0]).toMatchObject({ name: 'child', parentSpanId: spans?.[1]?.spanId });
  }, 30_000);

  it('leaves out what is switched off or not sampled', async () => {
    const env = { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_TRACES_SAMPLER: 'always_off' };
    expect(await run(SHOP, env)).toMatchObject({ lines: [], err: '', code: 0 });
    expect(await run(SHOP, { OTEL_SDK_DISABLED: 'true' })).toMatchObject({ lines: [], err: '', code: 0 });
  }, 30_000);

  it('tells mistakes on stderr and goes on', async () => {
    const env = { OTEL_TRACES_SAMPLER: 'sometimes', OTEL_PROPAGATORS: 'carrier-pigeon', OTEL_METRICS_EXPORTER: 'none' };
    const ended = await run(SHOP, env);
    expect(ended.code).toBe(0);
    expect(ended.err).toContain('OTEL_TRACES_SAMPLER: "sometimes" is unknown; parentbased_always_on is used');
    expect(ended.err).toContain('OTEL_PROPAGATORS: carrier-pigeon is not known here');
    expect(requestsOf(ended)).toHaveLength(2);
  }, 30_000);

  it('writes what is held when the process is told to end, which then ends as it would have', async () => {
    const program = `
      const { trace } = require('@opentelemetry/api');
      const root = trace.getTracer('t').startSpan('root');
      const { context } = require('@opentelemetry/api');
      trace.getTracer('t').startSpan('child', {}, trace.setSpan(context.active(), root)).end();
      setInterval(() => {}, 1000);
      process.stdout.write('kill me\\n');
    `;
    const ended = await run(program);
    expect(ended.signal).toBe('SIGTERM');
    expect(requestsOf(ended).map(({ items }) => items)).toEqual([1]);
  }, 30_000);

  it('writes what is held when the program calls process.exit or throws', async () => {
    const child = `
      const { context, trace } = require('@opentelemetry/api');
      const root = trace.getTracer('t').startSpan('root');
      trace.getTracer('t').startSpan('child', {}, trace.setSpan(context.active(), root)).end();
    `;
    const exited = await run(`${child}; process.exit(3)`);
    expect(exited.code).toBe(3);
    expect(requestsOf(exited).map(({ items }) => items)).toEqual([1]);
    const threw = await run(`${child}; throw new Error('mine')`);
    expect(threw.err).toContain('Error: mine');
    expect(requestsOf(threw).map(({ items }) => items)).toEqual([1]);
  }, 30_000);
});

describe('register without an SDK that it could set up', () => {
  it('warns of a broken one, and the program runs', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'otlp-register-'));
    try {
      const { mkdirSync } = await import('node:fs');
      const broken = join(cwd, 'node_modules/@opentelemetry/sdk-trace');
      mkdirSync(broken, { recursive: true });
      writeFileSync(join(broken, 'index.js'), 'throw new Error("half installed")');
      const env = { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
      const ended = await run('console.log("{}")', env, cwd);
      expect(ended).toMatchObject({ lines: ['{}'], code: 0 });
      expect(ended.err).toContain('traces are not set up: half installed');
    } finally {
      rmSync(cwd, { recursive: true });
    }
  }, 30_000);
});
