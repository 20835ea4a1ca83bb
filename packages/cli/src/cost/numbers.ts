import { InvalidArgumentError } from 'commander';

const FORM = /^(\d{1,16}(?:_\d{3})*(?:\.\d{1,15})?(?:e[+-]?\d{1,2})?)([kMG])?$/;
const TIMES: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9 };

/** More than all of AWS does in a month; beyond it a sum is no longer exact to the cent. */
const MOST = 1e15;

/** A number from the command line: `10M`, `10_000_000`, `1e7`, `0.5`. @throws {InvalidArgumentError} */
export const numberOf = (text: string): number => {
  const [, digits = '', unit = ''] = FORM.exec(text.trim()) ?? [];
  const value = Number(digits.replaceAll('_', '')) * (TIMES[unit] ?? 1);
  if (digits !== '' && value <= MOST) return value;
  throw new InvalidArgumentError('A number from 0 to 1e15, such as 10000000, 10_000_000 or 10M.');
};

/** The same, within bounds and not zero. */
export const numberWithin =
  (least: number, most: number) =>
  (text: string): number => {
    const value = numberOf(text);
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`A number from ${least} to ${most}.`);
  };

/** `name=number`, repeatable: the map so far with one more. @throws {InvalidArgumentError} */
export const namedNumber = (
  text: string,
  all: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<string, number> => {
  const [, name, value] = /^([a-z0-9_]{1,40})=(.{1,40})$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Give name=number.');
  return new Map([...all, [name, numberOf(value)]]);
};
