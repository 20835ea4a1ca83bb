import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** The text of the guide. */
export const GUIDE: string = readFileSync(new URL('../../docs/guides/migrate.md', import.meta.url), 'utf8');

const SEPARATOR = /^\|[\s:|-]+\|$/;

/** The first cells of the table under a heading, as they read without marks of code. */
export const rowsUnder = (heading: string): readonly string[] => {
  const [, section = ''] = GUIDE.split(`\n## ${heading}\n`);
  const lines = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('|'));
  const begin = lines.findIndex((line) => SEPARATOR.test(line));
  return lines.slice(begin + 1).map((line) => (/^\| (.*?) +\|/.exec(line)?.[1] ?? '').replaceAll('`', '').trim());
};

/** The headings of the guide that have a table. */
export const tables = (): readonly string[] =>
  [...GUIDE.matchAll(/^## (.*)$/gm)]
    .map(([, heading = '']) => heading)
    .filter((heading) => rowsUnder(heading).length > 0);

/** One test per row of a table of the guide, by the text of its first cell; a row without a test fails, and so does a test without one. */
export const migrationTable = (heading: string, tests: Readonly<Record<string, () => unknown>>): void => {
  describe(`migration: ${heading}`, () => {
    it('every row of the table is a test, and every test a row', () => {
      expect(Object.keys(tests)).toEqual(rowsUnder(heading));
    });
    for (const [row, test] of Object.entries(tests))
      it(row, async () => {
        await test();
      });
  });
};
