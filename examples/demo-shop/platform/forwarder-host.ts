import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startChild } from './child.ts';

/** The bundled forwarder, running in a process of its own. */
export interface ForwarderHost {
  /** Invokes it as CloudWatch Logs does: asynchronously, a failed invocation twice more. Never rejects. */
  invoke(event: unknown): Promise<void>;
  /** Report lines that tell of trouble. */
  readonly troubles: readonly string[];
  stop(): Promise<void>;
}

const RUNTIME = fileURLToPath(new URL('./lambda-runtime.ts', import.meta.url));
const MAX_TRIES = 3;
const RETRY_MS = 300;
const MAX_TROUBLES = 20;

const isTrouble = (line: string): boolean => {
  try {
    const report = JSON.parse(line) as {
      readonly lines?: { readonly quarantined?: number };
      readonly errors?: unknown;
    };
    return report.errors !== undefined || (report.lines?.quarantined ?? 0) > 0;
  } catch {
    return true; // whatever is no report is worth seeing
  }
};

/** Starts the bundle at `path` with the endpoint it is to send to, and no other variable of this process. */
export const startForwarder = async (path: string, endpoint: string): Promise<ForwarderHost> => {
  const troubles: string[] = [];
  const onLine = (line: string): void => {
    if (isTrouble(line) && troubles.length < MAX_TROUBLES) troubles.push(line);
  };
  const child = startChild(RUNTIME, path, onLine, {
    PATH: process.env['PATH'],
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    AWS_LAMBDA_FUNCTION_NAME: 'demo-forwarder',
  });
  const answers = new Map<number, (error: string | undefined) => void>();
  let count = 0;
  child.process.on('message', (message) => {
    const { id, error } = message as { readonly id: number; readonly error?: string };
    answers.get(id)?.(error);
  });
  child.process.on('exit', () => {
    for (const answer of answers.values()) answer('the process of the forwarder ended');
  });
  // Its first message says that the bundle is loaded.
  const failure = await new Promise<string | undefined>((resolve) => answers.set(0, resolve));
  answers.delete(0);
  if (failure !== undefined) throw new Error(failure);

  const tryOnce = (event: unknown): Promise<string | undefined> =>
    new Promise((resolve) => {
      count += 1;
      const id = count;
      answers.set(id, (error) => {
        answers.delete(id);
        resolve(error);
      });
      if (!child.send({ id, event })) answers.get(id)?.('the process of the forwarder ended');
    });

  return {
    troubles,
    invoke: async (event) => {
      for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
        const error = await tryOnce(event);
        if (error === undefined) return;
        if (tries === MAX_TRIES) troubles.push(error);
        else await sleep(RETRY_MS);
      }
    },
    stop: () => child.stop(),
  };
};
