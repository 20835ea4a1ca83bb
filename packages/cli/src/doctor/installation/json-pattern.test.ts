import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchesWildcards } from './json-pattern.ts';

it('finds wildcards as an expression would', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
  fc.assert(
    fc.property(text, text, (pattern, other) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
      expect(matchesWildcards(other, pattern)).toBe(expression.test(other));
    }),
  );
});
