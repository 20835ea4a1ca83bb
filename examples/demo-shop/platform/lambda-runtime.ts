/**
 * The process of the forwarder: imports the bundle that is deployed to Lambda and calls its `handler` with events from the
 * platform (here over IPC).
 */
import { pathToFileURL } from 'node:url';

interface Invocation {
  readonly id: number;
  readonly event: unknown;
}

type Handler = (event: unknown, context: { getRemainingTimeInMillis(): number }) => Promise<unknown>;

const TIMEOUT_MS = 60_000;

const { handler } = (await import(pathToFileURL(process.argv[2] ?? '').href)) as { readonly handler: Handler };

const invoke = async ({ id, event }: Invocation): Promise<void> => {
  const end = Date.now() + TIMEOUT_MS;
  let error: string | undefined;
  try {
    await handler(event, { getRemainingTimeInMillis: () => end - Date.now() });
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : 'failed';
  }
  if (process.connected) process.send?.({ id, error });
};

process.on('message', (message: Invocation) => void invoke(message));
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
process.send?.({ id: 0 });
