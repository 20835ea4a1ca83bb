import type { Variable } from './environment.ts';

/** What was said about one setting, in code and in the environment. */
export interface Told {
  readonly option: unknown;
  readonly variable: Variable | undefined;
  /** The name of the option. */
  readonly label: string;
  readonly warn: (message: string) => void;
}

/** The first of option and variable that `read` can use; the default, with a warning, when it cannot use what was said. */
const firstOf = <T>(
  { option, variable, label, warn }: Told,
  read: (value: string) => T | undefined,
  what: string,
  fallback: T,
): T => {
  for (const [name, value] of [
    [label, option],
    [variable?.name ?? '', variable?.text],
  ]) {
    if (value === undefined || value === null) continue;
    const known = read(typeof value === 'string' ? value : JSON.stringify(value));
    if (known !== undefined) return known;
    warn(`${String(name)} must be ${what}`);
  }
  return fallback;
};

/** A whole number from `least` to `most`. */
export const wholeNumber = (told: Told, least: number, most: number, fallback: number): number =>
  firstOf(
    told,
    (text) => (/^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined),
    `a whole number from ${least} to ${most}`,
    fallback,
  );

/** One of a few words, in any case; `WARNING` is what some call `WARN`. */
export const choice = <T extends string, D extends T | undefined>(
  told: Told,
  words: readonly T[],
  fallback: D,
): T | D =>
  firstOf<T | D>(
    told,
    (text) => words.find((word) => word.toLowerCase() === text.toLowerCase().replace(/^warning$/, 'warn')),
    words.join(', '),
    fallback,
  );
