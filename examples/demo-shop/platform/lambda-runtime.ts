/**
 * The process of a function, as a Lambda execution environment: imports the module, calls its `handler` with events from the
 * platform (here over IPC), and prints what Lambda prints around them.
 */
import { pathToFileURL } from 'node:url';
import type { Ended, Invocation } from './lambda.ts';

const TIMEOUT_MS = 60_000;
const { AWS_LAMBDA_FUNCTION_NAME: functionName = '' } = process.env;

type Handler = (event: unknown, context: object) => Promise<unknown>;

const { handler } = (await import(pathToFileURL(process.argv[2] ?? '').href)) as { readonly handler: Handler };

const tell = (message: Ended): void => {
  if (process.connected) process.send?.(message);
};

/** Standard output is a pipe: only the callback says that the line is out. */
const print = (text: string): Promise<void> =>
  new Promise((resolve) => process.stdout.write(`${text}\n`, () => resolve()));

const contextOf = (awsRequestId: string): object => {
  const end = Date.now() + TIMEOUT_MS;
  return {
    awsRequestId,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:eu-west-1:000000000000:function:${functionName}`,
    getRemainingTimeInMillis: () => end - Date.now(),
  };
};

const invoke = async ({ id, event }: Invocation): Promise<void> => {
  await print(`START RequestId: ${id} Version: $LATEST`);
  let outcome: Pick<Ended, 'result' | 'error'>;
  try {
    outcome = { result: await handler(event, contextOf(id)) };
  } catch (thrown) {
    outcome = { error: thrown instanceof Error ? thrown.message : 'failed' };
  }
  await print(`END RequestId: ${id}`);
  await print(`REPORT RequestId: ${id}\tMemory Size: 256 MB`);
  tell({ id, ...outcome });
};

process.on('message', (message: Invocation) => void invoke(message));
// Ctrl-C reaches the whole group: the platform finishes the round first, then closes the channel.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
tell({ id: '' });
