// Runs the built handler in a process of its own: every message is an event, every answer what the handler made of it.
import { pathToFileURL } from 'node:url';

type Handler = (event: unknown, context: { readonly getRemainingTimeInMillis: () => number }) => Promise<unknown>;

const TIMEOUT_MS = 60_000;

const bundle = (await import(pathToFileURL(process.argv[2] ?? '').href)) as { readonly handler: Handler };

process.on('message', (event: unknown) => {
  const deadline = Date.now() + TIMEOUT_MS;
  bundle.handler(event, { getRemainingTimeInMillis: () => deadline - Date.now() }).then(
    () => process.send?.({ succeeded: true }),
    (error: unknown) => process.send?.({ succeeded: false, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
