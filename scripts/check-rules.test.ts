import { describe, expect, it } from 'vitest';
import { checkRules, type RuleCoverage } from './check-rules.ts';
import { tempTree } from './temp-tree.ts';

const check = (text: string, path = 'packages/otlp/src/a.test.ts'): RuleCoverage => {
  using tree = tempTree({ [path]: text });
  return checkRules(tree.root, ['D16', 'D5a', 'J1', 'E1'], ['D2']);
};

describe('check-rules', () => {
  it.each([
    ['a test', `it('D16: spares its neighbours', () => {});`],
    ['a test()', `test("D16: spares its neighbours", () => {});`],
    ['a group with tests', `describe('D16: lines', () => { it('spares', () => {}); });`],
    ['a number among others', `it('U3, D16: spares', () => {});`],
    ['a number further on', `it('lines, D16: spares', () => {});`],
    ['a template', 'it(`D16: spares ${n}`, () => {});'],
    ['a row of a table', `it.each([['D16: spares', 1]])('%s', () => {});`],
    ['a row of a table of objects', `it.each([{ title: 'D16: spares' }])('$title', () => {});`],
    ['a row of a named table', `const ROWS = [['D16: spares', 1]] as const;\nit.each(ROWS)('%s', () => {});`],
    ['the title over a table', `it.each([1, 2])('D16: spares %d', () => {});`],
    ['a property', `it.prop([bytes])('D16: spares', () => {});`],
  ])('finds a rule in %s', (_, text) => {
    expect(check(text).tested['D16']).toHaveLength(1);
    expect(check(text).missing).toEqual(['D5a', 'J1', 'E1']);
  });

  it.each([
    ['a comment', `// it('D16: x')`],
    ['a title without colon', `it('D16 spares', () => {});`],
    ['a longer number', `it('D160: spares', () => {});`],
    ['another rule with the same start', `it('D16a: spares', () => {});`],
    ['an empty group', `describe('D16: lines', () => {});`],
    ['an ordinary call', `log('D16: spares');`],
    ['a string in the body', `it('spares', () => { log('D16: x'); });`],
    ['a skipped test', `it.skip('D16: spares', () => {});`],
    ['a test to be written', `it.todo('D16: spares');`],
    ['a test in a skipped group', `describe.skip('x', () => { it('D16: spares', () => {}); });`],
    ['a test that is skipped by its options', `it('D16: spares', { skip: true }, () => {});`],
    ['a conditional test', `it.skipIf(x)('D16: spares', () => {});`],
    ['a skipped table', `it.skip.each([['D16: spares']])('%s', () => {});`],
  ])('does not count %s', (_, text) => {
    expect(check(text).missing).toContain('D16');
  });

  it.each([
    ['it.skip', `it.skip('x', () => {});`],
    ['it.only', `it.only('x', () => {});`],
    ['it.todo', `it.todo('x');`],
    ['describe.skip', `describe.skip('x', () => {});`],
    ['describe.only', `describe.only('x', () => {});`],
    ['it.skipIf', `it.skipIf(true)('x', () => {});`],
    ['it.only', `it.only.each([1])('x', () => {});`],
    ['it.skip', `it('x', { skip: true }, () => {});`],
    ['skip()', `it('x', (ctx) => { ctx.skip(); });`],
  ])('objects to %s', (how, text) => {
    expect(check(text).disabled.map(({ message }) => message)).toEqual([expect.stringContaining(`${how}: `)]);
  });

  it('objects to a rule that does not exist', () => {
    expect(check(`it('D99: x', () => {});`).unknown.map(({ message }) => message)).toEqual(['there is no rule D99']);
  });

  it('accepts a rule that is not due yet, and words that only look like a rule', () => {
    const { unknown, missing } = check(`it('D2: later', () => {}); it('U+D800: alone, H2: x', () => {});`);
    expect(unknown).toEqual([]);
    expect(missing).toEqual(['D16', 'D5a', 'J1', 'E1']);
  });

  it.each(['tests/conformance/a.test.ts', 'bench/a.test.ts', 'examples/shop/a.test.ts'])('reads %s', (path) => {
    expect(check(`it('J1: hex', () => {});`, path).tested['J1']).toEqual([`${path}:1`]);
  });

  it.each(['packages/otlp/src/a.ts', 'scripts/a.test.ts'])('takes no rule from %s', (path) => {
    expect(check(`it('J1: hex', () => {});`, path).missing).toContain('J1');
  });
});
