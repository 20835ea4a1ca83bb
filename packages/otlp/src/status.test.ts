import { expect, it } from 'vitest';
import { isRetryableStatus, MAX_RETRY_AFTER_MS, parseRetryAfter } from './status.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');

it('C5: exactly 429, 502, 503 and 504 are retryable', () => {
  const retryable = Array.from({ length: 500 }, (_, index) => 100 + index).filter(isRetryableStatus);
  expect(retryable).toEqual([429, 502, 503, 504]);
});

it.each<[string | undefined, number | undefined]>([
  [undefined, undefined],
  ['', undefined],
  ['0', undefined],
  ['1', 1_000],
  [' 120 ', 120_000],
  ['3600', MAX_RETRY_AFTER_MS],
  ['3601', MAX_RETRY_AFTER_MS],
  ['99999999999999999999', MAX_RETRY_AFTER_MS],
  ['-1', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['0x10', undefined],
  ['soon', undefined],
  ['10 seconds', undefined],
  ['2026-11-20T12:00:30Z', undefined],
  ['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
  ['Friday, 20-Nov-26 12:00:30 GMT', 30_000],
  ['Fri Nov 20 12:00:30 2026 GMT', 30_000],
  ['Fri, 20 Nov 2026 11:59:30 GMT', undefined],
  ['Sun, 20 Nov 2044 12:00:00 GMT', MAX_RETRY_AFTER_MS],
  ['Fri, 99 Nov 2026 12:00:30 GMT', undefined],
])('C7: Retry-After %j asks to wait %s ms', (value, expected) => {
  expect(parseRetryAfter(value, NOW)).toBe(expected);
});
