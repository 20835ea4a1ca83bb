import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Item {
  readonly id: { readonly S: string };
}

/** Stands in for DynamoDB on this machine: any table, its items in memory, by the two operations of the handler. */
export interface Table {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly url: string;
  close(): void;
}

/** Starts it on a free port of the loopback interface. */
export const startTable = async (): Promise<Table> => {
  const items = new Map<string, Item>();
  const operations: Readonly<Partial<Record<string, (input: { Item: Item; Key: Item }) => object>>> = {
    'DynamoDB_20120810.PutItem': ({ Item }) => (items.set(Item.id.S, Item), {}),
    'DynamoDB_20120810.GetItem': ({ Key }) => ({ Item: items.get(Key.id.S) }),
  };
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const operation = operations[String(request.headers['x-amz-target'])];
      const answer = operation?.(JSON.parse(body) as { Item: Item; Key: Item }) ?? {
        __type: 'UnknownOperationException',
      };
      response.writeHead(operation === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(answer));
    });
  });
  // It keeps no process alive, and neither do connections that wait for another request.
  server
    .on('connection', (socket) => socket.unref())
    .listen(0, '127.0.0.1')
    .unref();
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
