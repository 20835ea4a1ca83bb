const significant = (value: number): string =>
  value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2);

const pad = (number: number): string => String(number).padStart(2, '0');

/** A duration for people: three digits and a unit, never more than 8 columns. `micro` is how microseconds are written. */
export const durationText = (nanoseconds: bigint, micro: string): string => {
  const ns = Number(nanoseconds);
  if (ns < 1e3) return `${ns} ns`;
  if (ns < 999.5e3) return `${significant(ns / 1e3)} ${micro}`;
  if (ns < 999.5e6) return `${significant(ns / 1e6)} ms`;
  if (ns < 60e9) return `${significant(ns / 1e9)} s`;
  const seconds = Math.round(ns / 1e9);
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3600)];
  if (hours >= 100) return `${Math.floor(hours / 24)} d`;
  return hours > 0 ? `${hours}h ${pad(minutes % 60)}m` : `${minutes}m ${pad(seconds % 60)}s`;
};

/** The time of day, UTC, to the millisecond; the largest date JavaScript knows bounds what a broken clock may claim. */
export const timeText = (unixNs: bigint): string => {
  const ms = Math.min(Number(unixNs / 1_000_000n), 8.64e15);
  return new Date(ms).toISOString().slice(-13, -1);
};

/** `1 span`, `2 spans`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
