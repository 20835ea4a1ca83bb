import { join } from 'node:path';

import { nextMessage, startProgram } from './process.ts';

const START_TIMEOUT_MS = 15_000;
const INVOKE_TIMEOUT_MS = 60_000;

/** What became of an event. */
export interface HandlerResult {
  readonly succeeded: boolean;
  readonly error?: string;
}

/** The built handler, loaded once, taking one event after the other. */
export interface Handler {
  readonly invoke: (event: unknown) => Promise<HandlerResult>;
  /** Ends it and resolves to the lines it printed. */
  readonly stop: () => Promise<readonly string[]>;
}

/** Loads the built handler in a process with exactly these environment variables. */
export const startHandler = async (bundle: string, env: Readonly<Record<string, string>>): Promise<Handler> => {
  const program = startProgram(process.execPath, [join(import.meta.dirname, 'run-handler.ts'), bundle], {
    env,
    ipc: true,
  });
  await nextMessage(program, START_TIMEOUT_MS);
  const invoke = async (event: unknown): Promise<HandlerResult> => {
    const answer = nextMessage(program, INVOKE_TIMEOUT_MS);
    program.child.send(event as object);
    return (await answer) as HandlerResult;
  };
  const stop = async (): Promise<readonly string[]> => {
    await program.stop();
    return program
      .stdout()
      .split('\n')
      .filter((line) => line !== '');
  };
  return { invoke, stop };
};
