/** Sends to a collector that answers byte by byte, in as little memory as it should take. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { otlpHttp } from '@serverless-otlp/forwarder';
import { requestFromJson } from '@serverless-otlp/otlp';

const CHUNKS = 1_200_000;
const AT_ONCE = 10_000;
const piece = Buffer.alloc(6 * AT_ONCE, '1\r\nx\r\n');

const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.once('data', () => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n');
    let sent = 0;
    const send = (): void => {
      while (sent < CHUNKS) {
        sent += AT_ONCE;
        if (!socket.write(piece)) {
          socket.once('drain', send);
          return;
        }
      }
      socket.end('0\r\n\r\n');
    };
    send();
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const exporter = otlpHttp({
  endpoints: { logs: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/logs` },
});
const request = requestFromJson({ resourceLogs: [{ scopeLogs: [{ logRecords: [{}] }] }] });
const [delivery] = await exporter.export({ request, records: new Set(), metadata: {} }, Date.now() + 10_000);
process.stdout.write(delivery?.outcome.status ?? 'nothing');
process.exit();
