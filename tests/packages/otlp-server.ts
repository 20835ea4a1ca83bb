import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { canonicalRequest } from '../real/canonical.ts';
import { itemsOf } from '../real/items.ts';
import { requestType, SIGNALS, type Signal } from '../real/schema.ts';
import { type Items, sortedItems } from '../real/sent.ts';

/** What the SDK's own exporters send to. */
export interface OtlpServer {
  readonly endpoint: string;
  /** What came since the last call. */
  readonly take: () => Items;
  readonly close: () => Promise<void>;
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const body = await buffer(request);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
};

const nothing = (): Record<Signal, string[]> => ({ traces: [], metrics: [], logs: [] });

/** A server of OTLP/HTTP on the loopback interface, which reads with a decoder that is not ours. */
export const startOtlpServer = async (): Promise<OtlpServer> => {
  let items = nothing();
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const signal = SIGNALS.find((name) => request.url === `/v1/${name}`);
      if (signal === undefined) throw new Error(`${String(request.url)} is the path of no signal`);
      items[signal].push(...itemsOf(signal, canonicalRequest(signal, requestType(signal).decode(body), 'protobuf')));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const taken = sortedItems(items);
      items = nothing();
      return taken;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
