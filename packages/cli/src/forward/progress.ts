import { type Terminal, counted } from '@serverless-otlp/dev-server';
import { itemsIn, type TotalReport } from './tally.ts';

/** Shows on standard error how far it is, when it takes long. */
export interface Progress<State> {
  /** Clears the line for something else to be printed. */
  clear(): string;
  /** Called now and then; returns what to print, mostly nothing. */
  tick(state: State): string;
}

const FIRST_MS = 2000;
const TTY_MS = 500;
const PLAIN_MS = 5000;
const CLEAR_LINE = '\r\u001b[K';

/** How far `forward` is. */
export const deliveredSoFar = (report: TotalReport): string =>
  `${counted(report.lines.in, 'line')} done, ${counted(itemsIn(report, 'delivered'), 'item')} delivered so far`;

/** One line rewritten in place on a terminal; else a line now and then, by default every five seconds in which something happened. */
export const createProgress = <State>(
  terminal: Terminal,
  now: () => number,
  textOf: (state: State) => string,
  plainMs: number = PLAIN_MS,
): Progress<State> => {
  let nextMs = now() + FIRST_MS;
  let shown = false;
  let last = '';
  const clear = (): string => {
    const text = shown ? CLEAR_LINE : '';
    shown = false;
    return text;
  };
  return {
    clear,
    tick: (state) => {
      if (now() < nextMs) return '';
      nextMs = now() + (terminal.isTty ? TTY_MS : plainMs);
      const text = textOf(state);
      if (text === last) return '';
      last = text;
      if (!terminal.isTty) return `${text}\n`;
      shown = true;
      return `${CLEAR_LINE}${text}`;
    },
  };
};
