import { expect, it } from 'vitest';
import { type Figure, figuresToJson, figuresToTable, keepsLimit } from './figure.ts';

const figure: Figure = { name: 'ratio', value: 1.3, atMost: 1.35, note: 'a note' };

it('keeps a limit up to the limit itself, and never with a value that is no number', () => {
  expect(keepsLimit(figure)).toBe(true);
  expect(keepsLimit({ ...figure, value: 1.35 })).toBe(true);
  expect(keepsLimit({ ...figure, value: 1.351 })).toBe(false);
  expect(keepsLimit({ ...figure, value: NaN })).toBe(false);
  expect(keepsLimit({ name: 'speedup', value: 14.9, atLeast: 15, note: '' })).toBe(false);
  expect(keepsLimit({ name: 'speedup', value: 15, atLeast: 15, note: '' })).toBe(true);
});

it('a figure without a limit keeps every one, unless it was not measured', () => {
  expect(keepsLimit({ name: 'rate', value: 7, note: '' })).toBe(true);
  expect(keepsLimit({ name: 'rate', value: NaN, note: '' })).toBe(false);
});

it('prints one number a name, or one object where a name has parts', () => {
  const parts = ['10', '1'].map((part): Figure => ({
    name: 'speedup',
    part,
    value: Number(part) + 0.123456,
    note: '',
  }));
  expect(figuresToJson([figure, ...parts])).toEqual({ ratio: 1.3, speedup: { '10': 10.12, '1': 1.123 } });
});

it('says in the table what was missed', () => {
  const lines = figuresToTable('relay', [figure, { ...figure, value: 2 }]).split('\n');
  expect(lines[0]).toMatch(/^relay +ratio +1\.3 +≤ 1\.35 +ok +a note$/);
  expect(lines[1]).toMatch(/^relay +ratio +2 +≤ 1\.35 +MISSED +a note$/);
});
