import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, docsOf, textOf } from './catalogue.ts';

const root = new URL('../../../../', import.meta.url);
const guide = readFileSync(new URL('docs/guides/doctor.md', root), 'utf8');

/** Rows of the guide: `| <a id="x"></a>`x` | title | remedy |`, whatever room Prettier leaves. */
const rows = [...guide.matchAll(/^\| <a id="([\w-]+)"><\/a>`([\w-]+)` +\| (.*?) +\| (.*?) +\|$/gm)].map(
  ([, anchor, id, title, remedy]) => ({ anchor, id, title, remedy }),
);

describe('the catalogue of checks', () => {
  it('is what the guide says, in the same order', () => {
    const expected = Object.values(CATALOGUE).flatMap((checks) =>
      Object.entries(checks).map(([id, { title, remedy }]) => ({
        anchor: id,
        id,
        title,
        remedy,
      })),
    );
    // What Markdown would read as its own is escaped there.
    expect(rows.map((row) => ({ ...row, remedy: row.remedy?.replaceAll('\\', '') }))).toEqual(expected);
  });

  it('has ids that say what they are about, each once', () => {
    const ids = Object.values(CATALOGUE).flatMap((checks) => Object.keys(checks));
    expect(ids.filter((id) => !/^[a-z]+(-[a-z]+)*$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(textOf('clock').title).toBe('Clocks agree');
    expect(docsOf('clock')).toBe('docs/guides/doctor.md#clock');
  });
});
