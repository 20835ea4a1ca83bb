/**
 * A destination in a process of its own, so that its CPU is not counted: takes every POST, gives the last body back on GET. With the
 * argument `hang` it never answers a POST.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const hangs = process.argv[2] === 'hang';
let last = Buffer.alloc(0);

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end(last);
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    last = Buffer.concat(chunks);
    if (hangs) return;
    response.writeHead(200, { 'content-type': 'application/x-protobuf', 'content-length': 0 }).end();
  });
});
// Idle connections stay open for the whole run: what is measured is the kept-alive case.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
