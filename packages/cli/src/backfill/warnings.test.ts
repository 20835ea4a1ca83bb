import { expect, it } from 'vitest';
import type { Target } from './targets.ts';
import { resumedText, warningsAbout } from './warnings.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const DAY = 86_400_000;
const target = (name: string, retentionDays?: number): Target => ({
  group: { identifier: name, name },
  api: { place: '', page: () => Promise.reject(new Error()), describe: () => Promise.reject(new Error()) },
  owner: '1',
  ...(retentionDays === undefined ? {} : { retentionDays }),
});
const warnings = (sinceMs: number, untilMs: number): readonly string[] =>
  warningsAbout([target('/a', 3), target('/b', 30), target('/c')], { sinceMs, untilMs, nowMs: NOW });

it('D28: tells of log groups that do not keep lines so long', () => {
  expect(warnings(NOW - 2 * DAY, NOW - DAY)).toEqual([]);
  expect(warnings(NOW - 4 * DAY, NOW - DAY)).toEqual([
    '/a keeps lines for 3 days: those before 2026-01-28T12:00:00.000Z are deleted or about to be.',
  ]);
});

it('D28: tells that lines of the last two minutes may still be on their way', () => {
  expect(warnings(NOW - DAY, NOW - 120_000)).toEqual([]);
  for (const until of [NOW - 119_999, NOW, NOW + DAY])
    expect(warnings(NOW - DAY, until)).toEqual([expect.stringContaining('give an earlier --until')]);
});

it('D28: tells which times an interrupted run goes on with, and whether they have moved since', () => {
  const saved = { sinceMs: NOW - DAY, untilMs: NOW };
  expect(resumedText(saved, saved)).toBe(
    'Going on with the run that was interrupted, from 2026-01-30T12:00:00.000Z to 2026-01-31T12:00:00.000Z. --restart begins anew.',
  );
  expect(resumedText(saved, { sinceMs: NOW, untilMs: NOW + DAY })).toContain('run it once more for what came since');
});
