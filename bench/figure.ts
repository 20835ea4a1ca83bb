/** One number a benchmark found, and the limit it has to keep, if it has one. */
export interface Figure {
  readonly name: string;
  /** Which of several values of the same name, such as `10` spans per envelope. */
  readonly part?: string;
  readonly value: number;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** What the number means, for people. */
  readonly note: string;
}

/** Whether the figure keeps its limit. A value that is no number keeps none. */
export const keepsLimit = ({ value, atMost = Infinity, atLeast = -Infinity }: Figure): boolean =>
  value <= atMost && value >= atLeast;

const rounded = (value: number): number => Number(value.toPrecision(4));

/** The figures as one object: a number a name, or an object of numbers where a name has parts. */
export const figuresToJson = (figures: readonly Figure[]): Readonly<Record<string, unknown>> => {
  const object: Record<string, number | Record<string, number>> = {};
  for (const { name, part, value } of figures) {
    if (part === undefined) object[name] = rounded(value);
    else object[name] = { ...(object[name] as Record<string, number> | undefined), [part]: rounded(value) };
  }
  return object;
};

const limitOf = ({ atMost, atLeast }: Figure): string =>
  atMost !== undefined ? `≤ ${rounded(atMost)}` : atLeast !== undefined ? `≥ ${rounded(atLeast)}` : '';

/** The figures of one benchmark as lines of a table. */
export const figuresToTable = (benchmark: string, figures: readonly Figure[]): string =>
  figures
    .map((figure) => {
      const { name, part, value, note } = figure;
      const limit = limitOf(figure);
      const verdict = limit === '' ? '' : keepsLimit(figure) ? 'ok' : 'MISSED';
      const title = part === undefined ? name : `${name} ${part}`;
      const number = rounded(value) >= 10_000 ? Math.round(value).toLocaleString('en') : String(rounded(value));
      return `${benchmark.padEnd(10)}${title.padEnd(32)}${number.padStart(10)}  ${limit.padEnd(9)}${verdict.padEnd(8)}${note}`;
    })
    .join('\n');
