import { UsageError } from '../usage-error.ts';

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const DATE = /^(\d{4})-(\d{2})-(\d{2})/;
const ISO = /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})?)?$/;

/** Epoch seconds of our time would be days of January 1970 in milliseconds: nobody means those. */
const LEAST_MS = 100_000_000_000;

const isoTime = (text: string): number | undefined => {
  const [, year, month, day] = DATE.exec(text) ?? [];
  const ms = Date.parse(text.replace(' ', 'T').toUpperCase());
  if (year === undefined || Number.isNaN(ms)) return undefined;
  // Date.parse takes the 30th of February for the 2nd of March.
  const midnight = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return midnight.toISOString().startsWith(text.slice(0, 10)) ? ms : undefined;
};

/**
 * A time of the command line in epoch milliseconds: `now`, so long ago (`90s`, `30m`, `2h`, `3d`, `1w`), ISO 8601 with its offset, a
 * date (midnight UTC) or epoch milliseconds.
 *
 * @throws {UsageError} that names the option.
 */
export const timeOf = (text: string, nowMs: number, option: string): number => {
  const refuse = (why: string): never => {
    throw new UsageError(
      `${option} ${JSON.stringify(text)} ${why}. Give a time such as 2h or 3d (ago), now, 2026-01-31T12:00:00Z, 2026-01-31, or epoch milliseconds.`,
    );
  };
  if (text === 'now') return nowMs;
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return Math.max(0, nowMs - Number(count) * (UNITS_MS[unit] ?? 0));
  if (/^\d{1,15}$/.test(text)) {
    const ms = Number(text);
    return ms > 0 && ms < LEAST_MS ? refuse('looks like seconds, milliseconds are wanted') : ms;
  }
  const [found, offset] = ISO.exec(text) ?? [];
  if (found === undefined) return refuse('is no time');
  if (found.length > 10 && offset === undefined)
    return refuse('does not say in which zone: add Z or an offset such as +02:00');
  return isoTime(text) ?? refuse('is no time there is');
};
