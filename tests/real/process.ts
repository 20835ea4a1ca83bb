import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import { within } from './wait.ts';

const STOP_TIMEOUT_MS = 10_000;

const running = new Set<ChildProcess>();
const killAll = (): void => running.forEach((child) => child.kill('SIGKILL'));
process.on('exit', killAll);
// The test runner ended, and its workers are to end with it.
process.once('disconnect', () => process.exit(1));
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    killAll();
    process.kill(process.pid, signal);
  });
}

/** A program under test: what it printed so far, how it ended, and a way to end it. */
export interface Program {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves to the exit code, or to the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Asks it to end, makes it end after 10 s, and resolves when it is gone. */
  readonly stop: () => Promise<number | string>;
}

/** How a program is started. Its environment is exactly `env`: nothing of ours leaks into it. */
export interface ProgramOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Opens a channel for messages besides the three streams. */
  readonly ipc?: boolean;
}

/** Starts a program; it never outlives this process. */
export const startProgram = (
  command: string,
  args: readonly string[],
  { env, cwd, ipc = false }: ProgramOptions,
): Program => {
  const child = spawn(command, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])] });
  running.add(child);
  const printed = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
  const ended = new Promise<number | string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    // `close` and not `exit`: everything printed has been read by then.
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  void ended.then(() => running.delete(child));
  const stop = async (): Promise<number | string> => {
    child.kill('SIGTERM');
    return within('a program to end', STOP_TIMEOUT_MS, ended).catch(async () => {
      child.kill('SIGKILL');
      return within('a killed program to end', STOP_TIMEOUT_MS, ended);
    });
  };
  return { child, stdout: () => printed.stdout, stderr: () => printed.stderr, ended, stop };
};

/** The next message a program sends over its channel. */
export const nextMessage = async (program: Program, timeoutMs: number): Promise<unknown> => {
  const message = once(program.child, 'message').then(([first]: unknown[]) => first);
  const ended = program.ended.then((how) => {
    throw new Error(`The program ended with ${how}:\n${program.stderr()}`);
  });
  ended.catch(() => undefined);
  return within('a message', timeoutMs, Promise.race([message, ended]));
};
