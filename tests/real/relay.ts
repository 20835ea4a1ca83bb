import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { once } from 'node:events';

import { within } from './wait.ts';

const TIMEOUT_MS = 10_000;

/** Stands between the forwarder and the Collector and notes how requests travel. */
export interface Relay {
  readonly endpoint: string;
  /** The headers of every request so far. */
  readonly requests: readonly IncomingHttpHeaders[];
  readonly stop: () => Promise<void>;
}

/** Starts `server` on a free loopback port and resolves to its address as `host:port`. */
export const listen = async (server: Server): Promise<string> => {
  server.listen(0, '127.0.0.1');
  await within('a server to listen', TIMEOUT_MS, once(server, 'listening'));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return `127.0.0.1:${address.port}`;
};

/** Ends a server and every connection it has. */
export const close = async (server: Server): Promise<void> => {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await within('a server to close', TIMEOUT_MS, closed);
};

/** Passes every request on to `target` and its answer back, bytes unchanged. */
export const startRelay = async (target: string): Promise<Relay> => {
  const requests: IncomingHttpHeaders[] = [];
  const server = createServer((incoming, outgoing) => {
    requests.push(incoming.headers);
    const onward = request(new URL(incoming.url ?? '/', target), {
      method: incoming.method ?? 'POST',
      headers: incoming.headers,
      timeout: TIMEOUT_MS,
    });
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  const address = await listen(server);
  return { endpoint: `http://${address}`, requests, stop: async () => close(server) };
};
