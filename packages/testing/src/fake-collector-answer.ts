import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** An HTTP answer, possibly slow or cut off. */
export interface HttpFakeAnswer {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Default empty. */
  readonly body?: string | Uint8Array;
  /** Waits before the first byte. */
  readonly delayMs?: number;
  /** Sends the body byte by byte with this pause between them. */
  readonly dripMs?: number;
  /** Promises the whole body, sends its first half, and then ends the connection, resets it or says nothing more. */
  readonly cut?: 'close' | 'reset' | 'stall';
  /** Closes the connection after a complete answer, unannounced. */
  readonly thenClose?: boolean;
}

/** What the fake collector does with one request. */
export type FakeAnswer =
  | HttpFakeAnswer
  /** No answer: says nothing, ends the connection or resets it before any byte. */
  | { readonly fault: 'hang' | 'close' | 'reset' }
  /** Sends exactly these bytes, whatever they are; `then` does as `fault`, default `close`. */
  | { readonly raw: string | Uint8Array; readonly then?: 'hang' | 'close' | 'reset' };

const end = (response: ServerResponse, how: 'hang' | 'stall' | 'close' | 'reset'): void => {
  if (how === 'close') response.socket?.destroySoon();
  if (how === 'reset') response.socket?.resetAndDestroy();
};

const drip = async (response: ServerResponse, body: Uint8Array, pauseMs: number): Promise<void> => {
  for (const byte of body) {
    if (response.destroyed) return;
    response.write(Uint8Array.of(byte));
    await sleep(pauseMs);
  }
  response.end();
};

/** Plays one answer. */
export const play = async (response: ServerResponse, answer: FakeAnswer): Promise<void> => {
  if ('fault' in answer) {
    end(response, answer.fault);
    return;
  }
  if ('raw' in answer) {
    response.socket?.write(answer.raw, () => end(response, answer.then ?? 'close'));
    return;
  }
  const { status = 200, headers = {}, delayMs = 0, dripMs, cut, thenClose = false } = answer;
  const body = Buffer.from(answer.body ?? '');
  if (delayMs > 0) await sleep(delayMs);
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  response.writeHead(status, { 'content-length': body.length, ...given });
  if (cut !== undefined) {
    response.write(body.subarray(0, Math.ceil(body.length / 2)), () => end(response, cut));
  } else if (dripMs !== undefined) {
    await drip(response, body, dripMs);
  } else {
    response.end(body, () => thenClose && response.socket?.destroySoon());
  }
};
