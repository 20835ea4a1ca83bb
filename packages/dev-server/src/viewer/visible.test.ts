import { describe, expect, it } from 'vitest';
import { visible, visibleJson } from './visible.ts';

describe('visible', () => {
  it('shows what would act on a terminal', () => {
    expect(visible('\u001b[2Ja\nb\u0007\u009b1m\u007f')).toBe('\\x1b[2Ja\\nb\\x07\\x9b1m\\x7f');
  });

  it('shows marks that turn the direction of writing, and lone surrogates', () => {
    expect(visible('a\u202eb\u2066c\ud800d\u200b')).toBe('a\\u202eb\\u2066c\\ud800d\\u200b');
  });

  it('leaves what is only text as it is', () => {
    expect(visible('Zürich 東京 🎉 {"a":1}')).toBe('Zürich 東京 🎉 {"a":1}');
  });
});

describe('visibleJson', () => {
  it('escapes what JSON leaves as it is, and means the same', () => {
    const value = { 'k\u009b': 'a\u007f\u0085\u2028\u202e\u001b é' };
    const safe = visibleJson(JSON.stringify(value));
    expect(safe).toMatch(/^[\x20-\x7eé]+$/);
    expect(JSON.parse(safe)).toEqual(value);
  });
});
