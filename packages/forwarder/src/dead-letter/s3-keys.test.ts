import { describe, expect, it } from 'vitest';
import { baseOf, ownFolder, ownKey } from './s3-keys.ts';

describe('baseOf', () => {
  it.each([
    [undefined, ''],
    ['', ''],
    ['/', ''],
    ['a', 'a/'],
    ['/a/b//', 'a/b/'],
  ])('makes of %j %j', (prefix, base) => {
    expect(baseOf(prefix)).toBe(base);
  });
});

describe('ownKey', () => {
  it.each([
    ['p/a/b', undefined, 'a/b'],
    ['p/a+b%2Fc%25%2B', undefined, 'a+b%2Fc%25%2B'],
    ['p/a+b%2Fc%25%2B', 'url', 'a b/c%+'],
    ['p/%F0%9F%98%80', 'url', '😀'],
    ['p/%', 'url', undefined],
    ['p/%FF', 'url', undefined],
    ['p/a/', undefined, undefined],
    ['p/', undefined, undefined],
    ['p//a', undefined, undefined],
    ['p/../a', undefined, undefined],
    ['p/a%0Ab', 'url', undefined],
    ['q/a', undefined, undefined],
    [undefined, 'url', undefined],
  ])('makes of %j in encoding %j %j', (text, encoding, key) => {
    expect(ownKey(text, encoding, 'p/', '')).toBe(key);
  });

  it('takes nothing that was not asked for', () => {
    expect(ownKey('p/a/b', undefined, 'p/', 'a')).toBe('a/b');
    expect(ownKey('p/a/b', undefined, 'p/', 'b')).toBeUndefined();
    expect(ownKey('a/b', undefined, '', 'a/b')).toBe('a/b');
  });
});

describe('ownFolder', () => {
  it.each([
    ['p/a/b/', 'b'],
    ['p/a/b%2Fc+d/', 'b/c d'],
    ['p/a/', undefined],
    ['p/a//', undefined],
    ['p/a/../', undefined],
    ['p/a/b', undefined],
    ['p/x/b/', undefined],
    [undefined, undefined],
  ])('makes of %j %j', (text, folder) => {
    expect(ownFolder(text, 'url', 'p/', 'a/')).toBe(folder);
  });
});
