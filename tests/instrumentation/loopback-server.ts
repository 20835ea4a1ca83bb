import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What somebody asked. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** A server that is DynamoDB, S3, the Extensions API of Lambda and whatever else a function calls. */
export interface LoopbackServer {
  readonly host: string;
  readonly url: string;
  readonly asked: readonly Asked[];
  readonly close: () => Promise<void>;
}

const answer = ({ headers, method, path }: Asked, response: ServerResponse): void => {
  if (headers['x-amz-target'] !== undefined) {
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify({ Item: { id: { S: 'x' } } }));
  } else if (path.startsWith('/bucket/')) {
    response.setHeader('etag', '"x"');
    response.end(method === 'GET' ? 'hello' : undefined);
  } else if (path.startsWith('/stream/')) {
    response.write('first ');
    setTimeout(() => response.end('second'), 10);
  } else if (path.endsWith('/extension/register')) {
    response.setHeader('lambda-extension-identifier', 'id');
    response.end('{}');
  } else if (!path.endsWith('/extension/event/next')) {
    // Nobody is invoked: whoever waits for the next event waits.
    response.end(JSON.stringify({ path, traceparent: headers.traceparent, xRay: headers['x-amzn-trace-id'] }));
  }
};

/** Begins to listen on loopback. */
export const loopbackServer = async (): Promise<LoopbackServer> => {
  const asked: Asked[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers };
    asked.push(one);
    request.resume().once('end', () => answer(one, response));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
