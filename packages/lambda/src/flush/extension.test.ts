import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startExtension } from './extension.ts';
import { type ExtensionEvent, type ExtensionsApi, extensionsApi, Refused } from './extensions-api.ts';

const turns = async (count = 5) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

/** An Extensions API whose events are handed out one by one. */
const double = (register: () => Promise<string> = () => Promise.resolve('id')) => {
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
    await extension.ready;
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
    await extension.ready;
    await turns();
    expect(extension.takeOver('b', () => undefined)).toBe(false);
    invoke('b');
    await turns();
    expect(nexts()).toBe(2);
    invoke('c');
    await turns();
    expect(extension.takeOver('c', () => undefined)).toBe(true);
  });

  it('is not needed: where it is refused, the handler does the work', async () => {
    const extension = startExtension(
      double(() => Promise.reject(new Refused('not in this phase'))).api,
      ['INVOKE'],
      () => true,
    );
    await extension.ready;
    expect(extension.takeOver('a', () => undefined)).toBe(false);
  });

  it('lets go of everybody when the API ends', async () => {
    let refuse = (_error: Error): void => undefined;
    const api: ExtensionsApi = {
      register: () => Promise.resolve('id'),
      next: () => new Promise((_resolve, reject) => (refuse = reject)),
    };
    const extension = startExtension(api, ['INVOKE'], () => true);
    await extension.ready;
    await turns();
    refuse(new Refused('gone'));
    await turns();
    expect(extension.takeOver('a', () => undefined)).toBe(false);
  });
});

describe('extensionsApi', () => {
  it('registers and asks as AWS documents it', async () => {
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        const { 'lambda-extension-name': name, 'lambda-extension-identifier': id } = request.headers;
        seen.push([request.method, request.url, name ?? id, body]);
        response.setHeader('Lambda-Extension-Identifier', 'the-id');
        if (id === 'bad') response.statusCode = 403;
        response.end('{"eventType":"INVOKE","requestId":"a","deadlineMs":5}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const api = extensionsApi(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await api.register('me', ['INVOKE'])).toBe('the-id');
    expect(await api.next('the-id')).toEqual({ eventType: 'INVOKE', requestId: 'a', deadlineMs: 5 });
    await expect(api.next('bad')).rejects.toThrow('answers event/next with 403');
    expect(seen.slice(0, 2)).toEqual([
      ['POST', '/2020-01-01/extension/register', 'me', '{"events":["INVOKE"]}'],
      ['GET', '/2020-01-01/extension/event/next', 'the-id', ''],
    ]);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
