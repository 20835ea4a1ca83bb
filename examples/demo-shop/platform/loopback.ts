import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a server of the platform answers. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A server on a free port of this machine. */
export interface Loopback {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a server that answers every request by `answer`, and by 500 when that rejects. */
export const serve = async (answer: (request: IncomingMessage, body: string) => Promise<Answer>): Promise<Loopback> => {
  const server = createServer((request, response) => {
    void text(request)
      .then((body) => answer(request, body))
      .catch((): Answer => ({ status: 500, body: '{"message":"Internal Server Error"}' }))
      .then(({ status, body }) => response.writeHead(status, { 'content-type': 'application/json' }).end(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
