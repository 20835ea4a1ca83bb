import { expect, it } from 'vitest';
import { identityOf, sourceKey } from './identity.ts';

const SHA = 'ab'.repeat(32);

it('D22: is the same for the same bytes and origin, whatever the order of its names', () => {
  const a = identityOf(SHA, { owner: '1', log_group: 'g' });
  expect(a).toMatch(/^[0-9a-f]{64}$/);
  expect(identityOf(SHA, { log_group: 'g', owner: '1' })).toBe(a);
});

it('D20: is another for another origin, so that no tenant replaces the letter of another', () => {
  const origins = [{}, { a: 'b' }, { a: 'c' }, { b: 'a' }, { a: 'b', c: 'd' }, { 'a","b': 'c' }, { a: 'b","c":"d' }];
  expect(new Set(origins.map((origin) => identityOf(SHA, origin))).size).toBe(origins.length);
  expect(new Set(origins.map(sourceKey)).size).toBe(origins.length);
  expect(identityOf('cd'.repeat(32), {})).not.toBe(identityOf(SHA, {}));
});
