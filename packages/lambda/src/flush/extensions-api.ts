import type { Agent, IncomingMessage, RequestOptions } from 'node:http';

/** The part of an event that matters here. */
export interface ExtensionEvent {
  readonly eventType: string;
  readonly requestId?: string;
  /** Epoch milliseconds. */
  readonly deadlineMs?: number;
}

/** The Extensions API of Lambda. Both calls reject with what went wrong. */
export interface ExtensionsApi {
  /** @returns the identifier for `next`. */
  readonly register: (name: string, events: readonly string[]) => Promise<string>;
  /** Waits as long as it takes. A sandbox that sleeps counts no time, so there is no limit. */
  readonly next: (id: string) => Promise<ExtensionEvent>;
}

/** A refusal that will not change. */
export class Refused extends Error {}

const MAX_BODY = 100_000;

const read = async (response: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const part of response.setEncoding('utf8') as AsyncIterable<string>) {
    text += part;
    if (text.length > MAX_BODY) throw new Refused('the Extensions API answers with more than 100 000 characters');
  }
  return text;
};

/**
 * Its sockets keep no process alive: a handler with a callback answers when nothing is left to do, and this would never be done.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html, read 2026-11-21.
 *
 * @param api host and port, as in `AWS_LAMBDA_RUNTIME_API`.
 */
export const extensionsApi = (api: string): ExtensionsApi => {
  const http = process.getBuiltinModule('node:http');
  const agent: Agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const base = new URL(`http://${api}/2020-01-01/extension/`);
  const call = (path: string, options: RequestOptions, body?: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const request = http.request(new URL(path, base), { ...options, agent }, (response) => {
        if (response.statusCode === 200) resolve(response);
        else {
          response.resume();
          reject(new Refused(`the Extensions API answers ${path} with ${response.statusCode ?? 0}`));
        }
      });
      request.on('socket', (socket) => void socket.unref());
      request.on('error', reject);
      request.end(body);
    });
  return {
    register: async (name, events) => {
      const headers = { 'Lambda-Extension-Name': name, 'Content-Type': 'application/json' };
      const response = await call('register', { method: 'POST', headers }, JSON.stringify({ events }));
      const id = response.headers['lambda-extension-identifier'];
      await read(response);
      if (typeof id !== 'string') throw new Refused('the Extensions API gives no identifier');
      return id;
    },
    next: async (id) => {
      const response = await call('event/next', { headers: { 'Lambda-Extension-Identifier': id } });
      return JSON.parse(await read(response)) as ExtensionEvent;
    },
  };
};
