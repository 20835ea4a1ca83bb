import { MAX_TEXT } from './read.ts';

/** Milliseconds of a date in ISO 8601; `undefined` for what is none. */
export const millisecondsOf = (text: unknown): number | undefined => {
  const ms = typeof text === 'string' && text.length < MAX_TEXT ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
};

/** Milliseconds of seconds. */
export const millisecondsIn = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : seconds * 1000;

/** A date in ISO 8601; `undefined` beyond what a date can be. */
export const isoOf = (ms: number | undefined): string | undefined =>
  ms !== undefined && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : undefined;

/** How long the oldest of some messages has waited, in milliseconds, not below 0: clocks differ. */
export const queued = (times: readonly (number | undefined)[]): { readonly queuedMs?: number } => {
  let oldest = Number.POSITIVE_INFINITY;
  for (const time of times) if (time !== undefined && time < oldest) oldest = time;
  return Number.isFinite(oldest) ? { queuedMs: Math.max(0, Date.now() - oldest) } : {};
};
