import { describe, expect, it } from 'vitest';
import { namedNumber, numberOf, numberWithin } from './numbers.ts';

describe('numbers of the command line', () => {
  it.each([
    ['0', 0],
    ['10M', 10_000_000],
    ['10_000_000', 10_000_000],
    ['1.5k', 1500],
    ['1e7', 10_000_000],
    ['0.0000133334', 0.0000133334],
    ['2e-7', 2e-7],
    [' 42 ', 42],
    ['1e15', 1e15],
  ])('reads %s', (text, value) => {
    expect(numberOf(text)).toBe(value);
  });

  it.each([
    '',
    '-1',
    '+1',
    'NaN',
    'Infinity',
    '1e16',
    '1e99',
    '0x10',
    '1,000',
    '1 000',
    '10Q',
    '1_0',
    '99999999999999999',
    '1'.repeat(1e5),
  ])('refuses %.20s', (text) => {
    expect(() => numberOf(text)).toThrow('A number from 0 to 1e15');
  });

  it('keeps within bounds', () => {
    expect(numberWithin(128, 10_240)('512')).toBe(512);
    expect(() => numberWithin(128, 10_240)('64')).toThrow('from 128 to 10240');
  });

  it('collects names, the last of a name wins', () => {
    const one = namedNumber('alarms=3');
    expect([...namedNumber('alarms=4', namedNumber('metrics=1', one))]).toEqual([
      ['alarms', 4],
      ['metrics', 1],
    ]);
    for (const text of ['alarms', '=3', 'alarms=', 'Alarms=3', 'alarms=-3', '__proto__=x'])
      expect(() => namedNumber(text)).toThrow();
  });
});
