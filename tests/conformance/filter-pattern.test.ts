import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const guide = readFileSync(join(root, 'docs/guides/backfill.md'), 'utf8');
const linesIn = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(join(root, 'tests/fixtures', folder))
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) =>
      readFileSync(join(root, 'tests/fixtures', folder, name), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => [name, line] as const),
    );

it('D28: the pattern that the guide recommends has a word of every line the forwarder reads, in every dialect and wrapping', () => {
  const pattern = /--filter-pattern '([^']+)'/.exec(guide)?.[1] ?? '';
  const terms = pattern.split(' ').map((term) => /^\?(\w+)$/.exec(term)?.[1]);
  expect(terms).toHaveLength(5);
  const lines = [...linesIn('envelopes'), ...linesIn('hand-made/dialects')];
  expect(lines.length).toBeGreaterThan(20);
  const missed = lines.filter(([, line]) => !terms.some((term) => term !== undefined && line.includes(term)));
  expect(missed.map(([name]) => name)).toEqual([]);
});
