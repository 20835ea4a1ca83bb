import { fileURLToPath } from 'node:url';
import type { Ids } from '../runtime/ids.ts';
import { startChild } from './child.ts';
import type { FromFunction, ToFunction } from '../runtime/messages.ts';

/** One function of the shop, running in a process of its own. */
export interface FunctionHost {
  /** Rejects with the function's error message. */
  invoke(event: unknown, traceparent: string | undefined): Promise<unknown>;
  /** Ends the process after what it printed has been read. */
  stop(): Promise<void>;
}

/** What the platform does for its functions. */
export interface Platform {
  /** A line that a function printed. */
  onLine(name: string, line: string): void;
  /** What an invocation says it generated. */
  onIds(ids: Ids): void;
  invoke(target: string, event: unknown, traceparent: string, asynchronous: boolean): Promise<unknown>;
}

const RUNTIME = fileURLToPath(new URL('../runtime/main.ts', import.meta.url));

/** Starts the process of a function; resolves when it is ready for invocations. */
export const startFunction = async (name: string, platform: Platform): Promise<FunctionHost> => {
  const child = startChild(RUNTIME, name, (line) => platform.onLine(name, line));
  const invocations = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  let count = 0;

  const tell = (message: ToFunction): void => void child.send(message);
  const answer = async (call: Extract<FromFunction, { type: 'call' }>): Promise<void> => {
    const { id, target, event, traceparent, asynchronous } = call;
    try {
      const result = await platform.invoke(target, event, traceparent, asynchronous);
      if (!asynchronous) tell({ type: 'result', id, result });
    } catch (error) {
      if (!asynchronous) tell({ type: 'result', id, error: error instanceof Error ? error.message : 'failed' });
    }
  };
  const ready = new Promise<void>((resolve, reject) => {
    child.process.on('exit', () => {
      const ended = new Error(`the process of ${name} ended`);
      reject(ended);
      for (const invocation of invocations.values()) invocation.reject(ended);
    });
    child.process.on('message', (value) => {
      const message = value as FromFunction;
      if (message.type === 'ready') resolve();
      else if (message.type === 'call') void answer(message);
      else {
        platform.onIds(message.ids);
        const invocation = invocations.get(message.id);
        invocations.delete(message.id);
        if (message.error === undefined) invocation?.resolve(message.result);
        else invocation?.reject(new Error(message.error));
      }
    });
  });
  await ready;
  return {
    invoke: (event, traceparent) =>
      new Promise((resolve, reject) => {
        count += 1;
        invocations.set(count, { resolve, reject });
        tell({ type: 'invoke', id: count, event, traceparent });
      }),
    stop: () => child.stop(),
  };
};
