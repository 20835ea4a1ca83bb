import { describe, expect, it } from 'vitest';
import { cut, fit, widthOf } from './width.ts';

describe('width', () => {
  it.each([
    ['abc', 3],
    ['東京', 4],
    ['e\u0301', 1],
    ['🎉', 2],
    ['👩‍👩‍👧', 2],
    ['', 0],
  ])('of %s is %i columns', (text, columns) => {
    expect(widthOf(text)).toBe(columns);
  });

  it('cuts to at most so many columns and marks the cut', () => {
    expect(cut('abcdef', 4, '…')).toBe('abc…');
    expect(cut('abcd', 4, '…')).toBe('abcd');
    expect(cut('東京都', 4, '…')).toBe('東…');
    expect(cut('abc', 0, '…')).toBe('');
  });

  it('fills up to exactly so many columns', () => {
    expect(fit('ab', 4, '…')).toBe('ab  ');
    expect(fit('東京都', 4, '…')).toBe('東… ');
  });
});
