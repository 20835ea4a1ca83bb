import { describe, expect, it } from 'vitest';
import { filtersOf } from './filters.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');

describe('filtersOf', () => {
  it('means everything when nothing is said', () => {
    const everything = { states: ['pending', 'quarantine', 'expired'], selection: {}, isNarrow: false };
    expect(filtersOf({})).toEqual(everything);
    expect(filtersOf({}, ['pending'])).toEqual({ ...everything, states: ['pending'] });
  });

  it('knows destinations, times, reasons and states', () => {
    const options = { destination: ['a', 'b/1'], since: '2h', until: '2026-11-20T11:00Z', reason: '401' };
    expect(filtersOf({ ...options, state: 'expired' }, ['pending'], NOW)).toEqual({
      states: ['expired'],
      selection: {
        destinations: ['a', 'b/1'],
        sinceMs: NOW - 7_200_000,
        untilMs: NOW - 3_600_000,
        reason: '401',
      },
      isNarrow: true,
    });
    expect(filtersOf({ state: 'expired' }).isNarrow).toBe(false);
  });

  it.each([
    [{ since: '1h', until: '2h' }, '--since (2026-11-20T11:00:00.000Z) must be before --until'],
    [{ since: 'yesterday' }, '--since "yesterday" is no time'],
    [{ until: '1700000000' }, '--until "1700000000" looks like seconds'],
    [{ destination: ['a', ''] }, '--destination needs the id of an exporter'],
    [{ reason: ' ' }, '--reason needs a part of the reason'],
  ])('refuses %j', (options, message) => {
    expect(() => filtersOf(options, ['pending'], NOW)).toThrow(message);
  });
});
