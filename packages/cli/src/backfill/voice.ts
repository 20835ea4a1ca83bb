import { counted, terminalOf, visible } from '@serverless-otlp/dev-server';
import { createProgress } from '../forward/progress.ts';
import { outputTo } from '../output.ts';

/** How far a backfill is. */
export interface HowFar {
  readonly logGroup: string;
  readonly doneMs: number;
  /** Of the times of all log groups, from 0 to 1. */
  readonly part: number;
  readonly lines: number;
  readonly items: number;
}

/** Speaks to people, on standard error. */
export interface Voice {
  readonly say: (text: string) => void;
  /** The same thing is said once a minute at most. */
  readonly sayNowAndThen: (text: string) => void;
  /** Resolves when all that was said has been handed on. */
  silence(): Promise<void>;
}

/** On no terminal: every ten seconds in which something happened. */
const PLAIN_MS = 10_000;
const TICK_MS = 250;
const REPEAT_MS = 60_000;

const textOf = ({ logGroup, doneMs, part, lines, items }: HowFar): string =>
  `${Math.floor(part * 100)} %: ${visible(logGroup)} up to ${new Date(doneMs).toISOString()}, ${counted(lines, 'line')} read, ${counted(items, 'item')} delivered`;

/** A voice that also tells how far it is, as long as `howFar` knows. */
export const createVoice = (howFar: () => HowFar | undefined): Voice => {
  const stderr = outputTo(process.stderr);
  const progress = createProgress(terminalOf(process.stderr), () => performance.now(), textOf, PLAIN_MS);
  const said = new Map<string, number>();
  let last: Promise<void> = Promise.resolve();
  const write = (text: string): void => {
    if (text !== '') last = stderr.write(text);
  };
  const say = (text: string): void => write(`${progress.clear()}${text}\n`);
  const timer = setInterval(() => {
    const state = howFar();
    if (state !== undefined) write(progress.tick(state));
  }, TICK_MS).unref();
  return {
    say,
    sayNowAndThen: (text) => {
      const now = performance.now();
      if (now - (said.get(text) ?? -Infinity) < REPEAT_MS) return;
      said.set(text, now);
      say(text);
    },
    silence: () => {
      clearInterval(timer);
      write(progress.clear());
      return last;
    },
  };
};
