import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const INDEX = pathToFileURL(join(import.meta.dirname, '../index.ts')).href;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(import.meta.dirname, '../../../../node_modules/.otlp-async-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A runtime as that of Lambda: asks, calls, answers, asks again. */
const RUNTIME = `
  import { request } from 'node:http';
  import { metrics } from '@opentelemetry/api';
  import { traced } from ${JSON.stringify(INDEX)};
  const call = (method, path, body) => new Promise((resolve, reject) => {
    const sent = request('http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/' + path, { method }, (response) => {
      let text = '';
      response.on('data', (part) => (text += part)).on('end', () => resolve(text));
    });
    sent.on('error', reject).end(body);
  });
  let counter;
  const handler = traced(async (event) => {
    counter ??= metrics.getMeter('t').createCounter('c');
    if (event.measure) counter.add(1);
    await new Promise((resolve) => setTimeout(resolve, event.ms ?? 0));
  });
  for (let id = await call('GET', 'next'); id !== 'end'; id = await call('GET', 'next')) {
    await handler(JSON.parse(process.env.EVENT), { awsRequestId: id, functionName: 'shop', getRemainingTimeInMillis: () => 30000 });
    console.log('response ' + id);
    await call('POST', id + '/response', '1');
  }
  process.exit(0);
`;

interface Service {
  readonly events: unknown[];
  readonly address: string;
  readonly close: () => Promise<void>;
}

/**
 * Lambda's side of both APIs: an invocation is handed out when the runtime and all extensions have asked for it.
 *
 * @param registeredAfterMs `undefined`: registration is refused.
 */
const service = async (ids: readonly string[], registeredAfterMs: number | undefined): Promise<Service> => {
  const queue = [...ids];
  const events: unknown[] = [];
  let runtime: ServerResponse | undefined;
  let extension: ServerResponse | undefined;
  let isTold = false;
  const turn = (): void => {
    if (runtime === undefined || (isTold && extension === undefined)) return;
    const id = queue.shift() ?? 'end';
    if (isTold) {
      const eventType = id === 'end' ? 'X' : 'INVOKE';
      extension?.end(JSON.stringify({ eventType, requestId: id, deadlineMs: Date.now() + 30_000 }));
      extension = undefined;
    }
    runtime.end(id);
    runtime = undefined;
  };
  const register = (body: string, response: ServerResponse): void => {
    const wanted = JSON.parse(body) as { events: readonly string[] };
    events.push(wanted);
    if (registeredAfterMs === undefined) {
      response.writeHead(403).end();
      return;
    }
    isTold = wanted.events.includes('INVOKE');
    setTimeout(() => response.setHeader('Lambda-Extension-Identifier', 'x').end('{}'), registeredAfterMs);
  };
  const answer = (request: IncomingMessage, body: string, response: ServerResponse): void => {
    if (request.url?.endsWith('/register')) register(body, response);
    else if (request.url?.endsWith('/event/next')) extension = response;
    else if (request.url?.endsWith('/invocation/next')) runtime = response;
    else response.end();
    turn();
  };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString())).on('end', () => answer(request, body, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { events, address: `127.0.0.1:${(server.address() as AddressInfo).port}`, close };
};

const run = async (flush: string, registeredAfterMs: number | undefined, event: object = {}) => {
  const { address, close, events } = await service(['a', 'b', 'c'], registeredAfterMs);
  const file = join(folder, 'runtime.mjs');
  writeFileSync(file, RUNTIME);
  const clean = Object.entries(process.env).filter(([name]) => !/^(OTEL|OTLP|AWS|NODE)_/.test(name));
  const child = spawn(process.execPath, ['--conditions=@serverless-otlp/source', file], {
    env: {
      ...Object.fromEntries(clean),
      AWS_LAMBDA_RUNTIME_API: address,
      OTLP_LAMBDA_FLUSH: flush,
      OTLP_STDOUT_EXPORTER_FORMAT: 'otlp_json',
      EVENT: JSON.stringify(event),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  await close();
  const lines = out.split('\n').filter((line) => line !== '');
  const printed = lines.map((line) => /^\{"resource(Spans|Metrics)/.exec(line)?.[1]?.toLowerCase() ?? line);
  return { printed, code, events };
};

it('async: writes everything before the next invocation', async () => {
  const { code, events, printed } = await run('async', 0, { measure: true, ms: 1 });
  expect([code, events]).toEqual([0, [{ events: ['INVOKE'] }]]);
  // Which comes first, the event or the end of a short handler, is open; that all is written before the next invocation is not.
  const before = (line: string) => printed.slice(0, printed.indexOf(line)).filter((one) => one === 'spans').length;
  expect([before('response b') >= 1, before('response c') >= 2]).toEqual([true, true]);
  for (const what of ['spans', 'metrics']) expect(printed.filter((line) => line === what)).toHaveLength(3);
}, 30_000);

it('async: is registered before the runtime asks for anything, however long that takes (fault 27)', async () => {
  const { code, events, printed } = await run('async', 300, { ms: 1 });
  expect([code, events]).toEqual([0, [{ events: ['INVOKE'] }]]);
  expect(printed.filter((line) => line === 'spans')).toHaveLength(3);
}, 30_000);

it('async: an extension that is refused leaves everything to the handler', async () => {
  const { code, printed } = await run('async', undefined);
  expect([code, printed]).toEqual([0, ['spans', 'response a', 'spans', 'response b', 'spans', 'response c']]);
}, 30_000);

it('finalize: an extension for no event is registered, and all is written at the end', async () => {
  const { code, events, printed } = await run('finalize', 0);
  expect([code, events]).toEqual([0, [{ events: [] }]]);
  expect(printed).toEqual(['response a', 'response b', 'response c', 'spans']);
}, 30_000);

it('finalize: nobody tells an extension that is refused of the end, so all is written before the response', async () => {
  const { code, printed } = await run('finalize', undefined);
  expect([code, printed]).toEqual([0, ['spans', 'response a', 'spans', 'response b', 'spans', 'response c']]);
}, 30_000);

it('sync: no extension is registered', async () => {
  const { code, events, printed } = await run('sync', undefined);
  expect([code, events]).toEqual([0, []]);
  expect(printed.slice(0, 2)).toEqual(['spans', 'response a']);
}, 30_000);
