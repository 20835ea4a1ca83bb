import { expect, it } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { timeOf } from './times.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const HOUR = 3_600_000;

it.each<[string, number]>([
  ['now', NOW],
  ['0s', NOW],
  ['90s', NOW - 90_000],
  ['30m', NOW - HOUR / 2],
  ['2h', NOW - 2 * HOUR],
  ['3d', NOW - 72 * HOUR],
  ['1w', NOW - 168 * HOUR],
  ['999999w', 0],
  ['2026-02-28', Date.UTC(2026, 1, 28)],
  ['2024-02-29', Date.UTC(2024, 1, 29)],
  ['2026-02-28T10:00Z', Date.UTC(2026, 1, 28, 10)],
  ['2026-02-28 10:00:30z', Date.UTC(2026, 1, 28, 10, 0, 30)],
  ['2026-02-28T10:00:00.5+02:00', Date.UTC(2026, 1, 28, 8, 0, 0, 500)],
  ['1772366400000', 1_772_366_400_000],
  ['0', 0],
])('D28: reads the time %s', (text, ms) => {
  expect(timeOf(text, NOW, '--since')).toBe(ms);
});

it.each([
  ['', 'is no time'],
  ['yesterday', 'is no time'],
  ['2 h', 'is no time'],
  ['-2h', 'is no time'],
  ['2y', 'is no time'],
  ['2026-02-30', 'is no time there is'],
  ['2026-13-01T00:00:00Z', 'is no time there is'],
  ['2026-02-28T25:00:00Z', 'is no time there is'],
  ['2026-02-28T10:00:00', 'does not say in which zone: add Z or an offset'],
  ['1772366400', 'looks like seconds'],
  ['99999999999999999999', 'is no time'],
])('D28: refuses the time %j with the remedy', (text, why) => {
  const refused = (): number => timeOf(text, NOW, '--since');
  expect(refused).toThrow(UsageError);
  expect(refused).toThrow(`--since ${JSON.stringify(text)} ${why}`);
});
