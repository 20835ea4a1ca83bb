import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { startExtension } from './extension.ts';
import { type ExtensionEvent, type ExtensionsApi, extensionsApi, Refused } from './extensions-api.ts';

const turns = async (count = 5) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

/** An Extensions API whose events are handed out one by one. */
const double = (register: () => string = () => 'id') => {
  const asked: ((event: ExtensionEvent) => void)[] = [];
  let count = 0;
  const api: ExtensionsApi = {
    register,
    next: () => {
      count++;
      return new Promise((resolve) => asked.push(resolve));
    },
  };
  const invoke = (requestId: string) =>
    asked.shift()?.({ eventType: 'INVOKE', requestId, deadlineMs: Date.now() + 60_000 });
  return { api, invoke, nexts: () => count };
};

describe('startExtension', () => {
  it('holds the sandbox until the work of the invocation is done', async () => {
    const { api, invoke, nexts } = double();
    const extension = startExtension(api, ['INVOKE'], () => true);
    await turns();
    invoke('a');
    await turns();
    let finish = (): void => undefined;
    const order: string[] = [];
    const taken = extension.takeOver('a', () => {
      order.push('work');
      return new Promise((resolve) => (finish = resolve));
    });
    order.push('response');
    expect(taken).toBe(true);
    await turns();
    expect([order, nexts()]).toEqual([['response', 'work'], 1]);
    finish();
    await turns();
    expect(nexts()).toBe(2);
  });

  it('leaves the work to the handler when it was not told of the invocation, and does not wait for it then (fault 27)', async () => {
    const { api, invoke, nexts } = double();
    const extension = startExtension(api, ['INVOKE'], () => false);
    expect(extension.takeOver('a', () => undefined)).toBe(false);
    await turns();
    expect(extension.takeOver('b', () => undefined)).toBe(false);
    invoke('b');
    await turns();
    expect(nexts()).toBe(2);
    invoke('c');
    await turns();
    expect(extension.takeOver('c', () => undefined)).toBe(true);
  });

  it('is not needed: where it is refused, the handler does the work', () => {
    const refuse = () => {
      throw new Refused('not in this phase');
    };
    const extension = startExtension(double(refuse).api, ['INVOKE'], () => true);
    expect(extension.isRegistered()).toBe(false);
    expect(extension.takeOver('a', () => undefined)).toBe(false);
  });

  it('lets go of everybody when the API ends', async () => {
    let refuse = (_error: Error): void => undefined;
    const api: ExtensionsApi = {
      register: () => 'id',
      next: () => new Promise((_resolve, reject) => (refuse = reject)),
    };
    const extension = startExtension(api, ['INVOKE'], () => true);
    expect(extension.isRegistered()).toBe(true);
    await turns();
    refuse(new Refused('gone'));
    await turns();
    expect(extension.isRegistered()).toBe(false);
    expect(extension.takeOver('a', () => undefined)).toBe(false);
  });
});

/** An Extensions API in a thread of its own, because `register` holds ours up. */
const apiThread = async (): Promise<{
  address: string;
  seen: () => Promise<unknown>;
  close: () => Promise<unknown>;
}> => {
  const thread = new Worker(
    `const { createServer } = require('node:http');
     const { parentPort } = require('node:worker_threads');
     const seen = [];
     const server = createServer((request, response) => {
       let body = '';
       request.on('data', (part) => (body += part));
       request.on('end', () => {
         const { 'lambda-extension-name': name, 'lambda-extension-identifier': id } = request.headers;
         seen.push([request.method, request.url, name ?? id, body]);
         if (name === 'silent') return;
         if (name !== 'nameless') response.setHeader('Lambda-Extension-Identifier', 'the-id');
         if (id === 'bad' || name === 'late') response.statusCode = 403;
         response.end('{"eventType":"INVOKE","requestId":"a","deadlineMs":5}');
       });
     }).listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
     parentPort.on('message', () => parentPort.postMessage(seen));`,
    { eval: true },
  );
  const [port] = (await once(thread, 'message')) as [number];
  const seen = async (): Promise<unknown> => {
    thread.postMessage('seen');
    return ((await once(thread, 'message')) as [unknown])[0];
  };
  return { address: `127.0.0.1:${port}`, seen, close: () => thread.terminate() };
};

describe('extensionsApi', () => {
  it('registers before it returns, and asks as AWS documents it', async () => {
    const { address, close, seen } = await apiThread();
    const api = extensionsApi(address);
    expect(api.register('me', ['INVOKE'])).toBe('the-id');
    expect(await api.next('the-id')).toEqual({ eventType: 'INVOKE', requestId: 'a', deadlineMs: 5 });
    await expect(api.next('bad')).rejects.toThrow('answers event/next with 403');
    expect(await seen()).toMatchObject([
      ['POST', '/2020-01-01/extension/register', 'me', '{"events":["INVOKE"]}'],
      ['GET', '/2020-01-01/extension/event/next', 'the-id', ''],
      {},
    ]);
    await close();
  });

  it('says what keeps it from registering', async () => {
    const { address, close } = await apiThread();
    const api = extensionsApi(address);
    expect(() => api.register('late', [])).toThrow('answers register with 403');
    expect(() => api.register('nameless', [])).toThrow('answers register with 200');
    expect(() => api.register('silent', [])).toThrow('does not answer');
    await close();
    expect(() => api.register('me', [])).toThrow('ECONNREFUSED');
  });
});
