import { describe, expect, it } from 'vitest';
import type { Reference } from './reference.ts';
import type { Found, ValueSource } from './source.ts';
import { type Values, valuesOf } from './values.ts';

const secret = (name: string, key?: string): Reference => ({
  scheme: 'secretsmanager',
  name,
  ...(key === undefined ? {} : { key }),
});

/** A place that holds what it is told to, counts who asks, and answers when it is told to. */
const open = (): {
  readonly values: Values;
  readonly holds: (name: string, found: Found | string) => void;
  readonly asked: string[][];
  readonly opened: () => number;
  readonly answerAll: () => void;
  readonly fails: () => void;
} => {
  const held = new Map<string, Found>();
  const asked: string[][] = [];
  const waiting: (() => void)[] = [];
  let opened = 0;
  let broken = false;
  const source: ValueSource = {
    read: async (names, _, { fresh = false } = {}) => {
      asked.push(fresh ? [...names, 'fresh'] : [...names]);
      await new Promise<void>((resolve) => waiting.push(resolve));
      if (broken) throw new Error('a bug');
      return new Map(names.map((name) => [name, held.get(name) ?? { problem: 'does not exist', permanent: true }]));
    },
  };
  return {
    values: valuesOf({ sourceOf: () => (opened++, Promise.resolve(source)) }),
    holds: (name, found) => held.set(name, typeof found === 'string' ? { value: found } : found),
    asked,
    opened: () => opened,
    answerAll: () => waiting.splice(0).forEach((answer) => answer()),
    fails: () => void (broken = true),
  };
};

const settled = async <T>(place: { readonly answerAll: () => void }, promise: Promise<T>): Promise<T> => {
  await new Promise(setImmediate);
  place.answerAll();
  return promise;
};

describe('values', () => {
  it('are unknown until they were read, and read all at once', async () => {
    const place = open();
    expect(place.values.get(secret('a'))).toEqual({ problem: 'was never read', permanent: false });
    expect(place.opened()).toBe(0);
    place.holds('a', '1');
    place.holds('b', '2');
    expect(await settled(place, place.values.read([secret('a'), secret('b'), secret('a', 'x')]))).toEqual([]);
    expect([place.values.get(secret('a')), place.values.get(secret('b'))]).toEqual([{ value: '1' }, { value: '2' }]);
    expect(place.asked).toEqual([['a', 'b']]);
  });

  it('D11: whoever asks meanwhile waits for the same answer', async () => {
    const place = open();
    place.holds('a', '1');
    const readings = Array.from({ length: 20 }, () => place.values.read([secret('a')]));
    expect(await settled(place, Promise.all(readings))).toHaveLength(20);
    expect(place.asked).toEqual([['a']]);
    await settled(place, place.values.read([secret('a')]));
    expect(place.asked).toHaveLength(2);
  });

  it('D11: who needs what is there now does not take the answer of a cache, and one reading follows the other', async () => {
    const place = open();
    place.holds('a', '1');
    const readings = [
      place.values.read([secret('a')]),
      place.values.read([secret('a')], { fresh: true }),
      place.values.read([secret('a')], { fresh: true }),
      place.values.read([secret('a')]),
    ];
    await new Promise(setImmediate);
    expect(place.asked).toEqual([['a']]);
    place.answerAll();
    await new Promise(setImmediate);
    expect(place.asked).toEqual([['a'], ['a', 'fresh']]);
    place.answerAll();
    await Promise.all(readings);
    expect(place.asked).toHaveLength(2);
  });

  it('D4: what cannot be read stays as it was, and is told', async () => {
    const place = open();
    place.holds('a', '1');
    await settled(place, place.values.read([secret('a')]));
    place.holds('a', { problem: 'cannot be read: timed out', permanent: false });
    expect(await settled(place, place.values.read([secret('a')]))).toEqual([
      'secretsmanager:a cannot be read: timed out',
    ]);
    expect(place.values.get(secret('a'))).toEqual({ value: '1' });
    place.fails();
    expect(await settled(place, place.values.read([secret('a')]))).toEqual(['secretsmanager:a cannot be read']);
    expect(place.values.get(secret('a'))).toEqual({ value: '1' });
  });

  it('a source that cannot be opened is a problem of its names', async () => {
    const values = valuesOf({ sourceOf: () => Promise.reject(new Error('no module')) });
    expect(await values.read([secret('a')])).toEqual(['secretsmanager:a cannot be read']);
    expect(values.get(secret('a'))).toEqual({ problem: 'cannot be read', permanent: false });
  });

  it.each([
    ['{"key":"k","n":7,"on":true}', 'key', { value: 'k' }],
    ['{"key":"k","n":7,"on":true}', 'n', { value: '7' }],
    ['{"key":"k","n":7,"on":true}', 'on', { value: 'true' }],
    ['{"key":""}', 'key', { value: '' }],
    ['{"key":{"a":1}}', 'key', { problem: 'has no text under the key "key"', permanent: true }],
    ['{"key":"k"}', 'toString', { problem: 'has no text under the key "toString"', permanent: true }],
    ['{"key":"k"}', '__proto__', { problem: 'has no text under the key "__proto__"', permanent: true }],
    ['null', 'key', { problem: 'has no text under the key "key"', permanent: true }],
    ['canary', 'key', { problem: 'is not JSON, so it has no key "key"; refer to it without #key', permanent: true }],
  ])('of %s the key %s', async (text, key, found) => {
    const place = open();
    place.holds('a', text);
    await settled(place, place.values.read([secret('a', key)]));
    expect(place.values.get(secret('a', key))).toEqual(found);
  });
});
