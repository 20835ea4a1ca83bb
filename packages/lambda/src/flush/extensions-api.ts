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
  /**
   * Holds the thread up until it is done: once the runtime has asked for its first event, nobody is registered any more.
   *
   * @returns the identifier for `next`.
   * @throws what went wrong.
   */
  readonly register: (name: string, events: readonly string[]) => string;
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

/** An extension is registered within milliseconds. Lambda gives an initialisation ten seconds. */
const REGISTER_MS = 5000;
const ANSWER_BYTES = 256;

/** Runs in a thread of its own, which goes on while ours waits. Its answer: 1 and an identifier, or 2 and what is wrong. */
const REGISTER = `
  const { workerData: { url, name, events, answer } } = require('node:worker_threads');
  const say = (state, text) => {
    const bytes = Buffer.from(text).subarray(0, answer.byteLength - 8);
    new Uint8Array(answer, 8).set(bytes);
    const cells = new Int32Array(answer, 0, 2);
    cells[1] = bytes.length;
    Atomics.store(cells, 0, state);
    Atomics.notify(cells, 0);
  };
  const headers = { 'Lambda-Extension-Name': name, 'Content-Type': 'application/json' };
  require('node:http').request(url, { method: 'POST', headers }, (response) => {
    const id = response.headers['lambda-extension-identifier'];
    if (response.statusCode === 200 && id) say(1, id);
    else say(2, 'the Extensions API answers register with ' + response.statusCode);
    response.resume();
  }).on('error', (error) => say(2, error.message)).end(JSON.stringify({ events }));
`;

/** Without options and variables of ours: what they preload is not for this thread. */
const registerNow = (api: string, name: string, events: readonly string[]): string => {
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  const answer = new SharedArrayBuffer(8 + ANSWER_BYTES);
  const cells = new Int32Array(answer, 0, 2);
  const url = `http://${api}/2020-01-01/extension/register`;
  const worker = new Worker(REGISTER, { eval: true, workerData: { url, name, events, answer }, env: {}, execArgv: [] });
  worker.unref();
  Atomics.wait(cells, 0, 0, REGISTER_MS);
  void worker.terminate();
  const said = Buffer.from(new Uint8Array(answer, 8, cells[1]).slice()).toString();
  if (cells[0] !== 1) throw new Refused(said === '' ? 'the Extensions API does not answer' : said);
  return said;
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
    register: (name, events) => registerNow(api, name, events),
    next: async (id) => {
      const response = await call('event/next', { headers: { 'Lambda-Extension-Identifier': id } });
      return JSON.parse(await read(response)) as ExtensionEvent;
    },
  };
};
