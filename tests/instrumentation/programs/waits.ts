/** Asks for an extension by an option, and says how long its first question for an event may wait: 0 is for ever. */
import { channel } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { traced } from '@serverless-otlp/lambda';

channel('http.client.request.start').subscribe((message) => {
  const { request } = message as { readonly request: ClientRequest };
  if (!request.path.endsWith('/next')) return;
  // Whatever limit it has is set when it has a socket.
  setTimeout(() => {
    console.log(request.socket?.timeout ?? 0);
    process.exit(0);
  }, 100);
});
traced((_event: unknown, _context: object) => Promise.resolve(), { flush: 'async' });
setTimeout(() => process.exit(1), 20_000);
