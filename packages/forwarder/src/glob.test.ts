import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globMatcher } from './glob.ts';

/** The obvious translation: correct, and exponential on what a person could write by accident. */
const oracle = (pattern: string): RegExp =>
  new RegExp(
    `^${[...pattern.split('')].map((c) => (c === '*' ? '[^]*' : c === '?' ? '[^]' : c.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))).join('')}$`,
  );

describe('globMatcher', () => {
  it.each([
    ['/aws/lambda/app', '/aws/lambda/app', true],
    ['/aws/lambda/app', '/aws/lambda/app2', false],
    ['/aws/lambda/app', '/AWS/lambda/app', false],
    ['/aws/lambda/*', '/aws/lambda/', true],
    ['/aws/lambda/*-prod', '/aws/lambda/a-prod-b-prod', true],
    ['*', '', true],
    ['?', '', false],
    ['??', 'ab', true],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'axxbxxcx', false],
    ['', '', true],
    ['', 'a', false],
    ['a.c', 'abc', false],
    ['[a]+', '[a]+', true],
    ['a*', 'a\nb', true],
  ])('%j and %j: %s', (pattern, text, matches) => {
    expect(globMatcher(pattern)(text)).toBe(matches);
  });

  it('agrees with a regular expression on any pattern and text', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n', '$', '\\'), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '*', '?', '$', '\\'), maxLength: 10 });
    fc.assert(
      fc.property(pattern, letters, (glob, text) => {
        expect(globMatcher(glob)(text)).toBe(oracle(glob).test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('matches every text that a pattern was made from', () => {
    const pieces = fc.array(
      fc.tuple(
        fc.string({ maxLength: 5 }).filter((s) => !/[*?]/.test(s)),
        fc.string({ maxLength: 5 }),
      ),
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const glob = parts.map(([literal]) => literal).join('*') + (parts.length > 0 ? '*' : '');
        const text = parts.map(([literal, filling]) => literal + filling).join('');
        expect(globMatcher(glob)(text)).toBe(true);
      }),
    );
  });

  it.each([
    ['*a'.repeat(250) + 'b', 'a'.repeat(512)],
    ['a*'.repeat(250) + 'b', 'a'.repeat(512)],
    ['*?'.repeat(250) + 'b', 'a'.repeat(512)],
  ])('takes no more steps on a hostile pattern than text times pattern: %#', (pattern, text) => {
    const matches = globMatcher(pattern);
    const before = process.cpuUsage();
    for (let i = 0; i < 20; i++) expect(matches(text)).toBe(false);
    const { user, system } = process.cpuUsage(before);
    // Backtracking would take longer than the universe has lasted; the bound leaves a slow machine a hundred times the room.
    expect((user + system) / 1_000).toBeLessThan(2_000);
  });
});
