import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A Node.js process that speaks to this one over IPC, and whose standard output is read line by line. */
export interface Child {
  readonly process: ChildProcess;
  /** Sends a message, if the process still listens. Returns whether it does. */
  send(message: object): boolean;
  /** Closes the channel, at which the process ends, and waits until every line it printed has been read. */
  stop(): Promise<void>;
}

/** Starts a script in a process like this one. `env` replaces the variables of this process. */
export const startChild = (
  script: string,
  argument: string,
  onLine: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Child => {
  const child = spawn(process.execPath, [...process.execArgv, script, argument], {
    env,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  if (child.stdout === null) throw new TypeError('a piped standard output is never null');
  const lines = createInterface({ input: child.stdout });
  lines.on('line', onLine);
  const ended = Promise.all([
    new Promise<void>((resolve) => child.on('exit', () => resolve())),
    new Promise<void>((resolve) => lines.on('close', () => resolve())),
  ]);
  return {
    process: child,
    send: (message) => {
      if (child.connected) child.send(message);
      return child.connected;
    },
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
};
