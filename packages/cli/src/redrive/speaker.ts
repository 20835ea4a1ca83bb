import { terminalOf } from '@serverless-otlp/dev-server';
import { createProgress } from '../forward/progress.ts';
import { outputTo } from '../output.ts';

/** Speaks to people, on standard error. */
export interface Speaker {
  readonly say: (text: string) => void;
  /** Resolves when all that was said has been handed on. */
  silence(): Promise<void>;
}

const TICK_MS = 250;

/** A speaker that on a terminal also tells how far something is that takes long. */
export const createSpeaker = (howFar: () => string): Speaker => {
  const stderr = outputTo(process.stderr);
  const terminal = terminalOf(process.stderr);
  const progress = createProgress(
    terminal,
    () => performance.now(),
    (text: string) => text,
  );
  let last: Promise<void> = Promise.resolve();
  const write = (text: string): void => {
    if (text !== '') last = stderr.write(text);
  };
  const timer = setInterval(() => {
    if (terminal.isTty) write(progress.tick(howFar()));
  }, TICK_MS).unref();
  return {
    say: (text) => write(`${progress.clear()}${text}\n`),
    silence: () => {
      clearInterval(timer);
      write(progress.clear());
      return last;
    },
  };
};
