import { request } from 'node:http';
import type { BackendRequest } from './fakes/backend.ts';

/** A request that was good, and what is changed of it. */
export interface RawRequest extends Pick<BackendRequest, 'method' | 'path'> {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Sends exactly this to a port of this machine, and resolves to the status of the answer. */
export const sendRaw = (port: number, { method, path, headers, body }: RawRequest): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = { ...headers, 'content-length': String(body.length) };
    request({ host: '127.0.0.1', port, method, path, headers: sent, agent: false }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    })
      .on('error', reject)
      .end(body);
  });
