import { describe, expect, it } from 'vitest';
import { durationText, timeText } from './quantities.ts';

describe('durationText', () => {
  it.each([
    [0n, '0 ns'],
    [999n, '999 ns'],
    [1_500n, '1.50 us'],
    [45_600_000n, '45.6 ms'],
    [999_499_999n, '999 ms'],
    [999_500_000n, '1.00 s'],
    [59_990_000_000n, '60.0 s'],
    [125_000_000_000n, '2m 05s'],
    [3_599_700_000_000n, '1h 00m'],
    [2n ** 64n - 1n, '213503 d'],
    [7_320_000_000_000n, '2h 02m'],
  ])('of %s ns is %s', (ns, text) => {
    expect(durationText(ns, 'us')).toBe(text);
  });
});

describe('timeText', () => {
  it('is the time of day in UTC', () => {
    expect(timeText(1_755_800_000_123_456_789n)).toBe('18:13:20.123');
  });

  it('does not fail on a clock that is far off', () => {
    expect(timeText(2n ** 64n - 1n)).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/);
  });
});
