import { describe, expect, it } from 'vitest';
import { bytesText, timeText } from './quantities.ts';

describe('quantities', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [12_345, '12.3 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [5_000_000_000, '5.0 GB'],
    [7e15, '7000 TB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });

  it('times are to the second', () => {
    expect(timeText(1_780_000_000_999)).toBe('2026-05-28T20:26:40Z');
    expect(timeText('2026-11-20T12:00:00.123Z')).toBe('2026-11-20T12:00:00Z');
  });
});
