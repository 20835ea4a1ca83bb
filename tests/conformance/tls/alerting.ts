import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A fatal alert of TLS 1.2: `unknown_ca` (RFC 5246, section 7.2). */
const UNKNOWN_CA = Buffer.from([0x15, 3, 3, 0, 2, 2, 48]);

/**
 * A relay to a server of Node's on this port, which refuses as OpenSSL's, Go's and Java's servers do: Node's own resets the connection of a
 * client whose certificate it does not trust, without a word.
 */
export const startAlerting = async (port: number): Promise<{ readonly port: number; readonly close: () => void }> => {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    }
    client.pipe(upstream);
    upstream.on('data', (bytes: Buffer) => client.write(bytes));
    upstream.on('close', () => client.end(UNKNOWN_CA));
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};
