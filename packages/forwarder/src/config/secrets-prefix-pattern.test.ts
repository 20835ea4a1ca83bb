import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PatternError } from './secrets-prefix-pattern-parser.ts';
import { compilePattern } from './secrets-prefix-pattern.ts';

const found = (pattern: string, text: string): boolean | undefined => compilePattern(pattern).foundIn(text);

const refusalOf = (pattern: string): string => {
  try {
    compilePattern(pattern);
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
  return '';
};

describe('a pattern', () => {
  it.each<[string, string, boolean]>([
    ['/aws/spans', '/aws/spans', true],
    ['/aws/spans', 'x/aws/spans/y', true],
    ['/aws/spans', '/aws/lambda/f', false],
    ['/aws/spans.*', '/aws/spans/something', true],
    ['^/aws/lambda/', '/aws/lambda/f', true],
    ['^/aws/lambda/', 'x/aws/lambda/f', false],
    ['-dev$', 'checkout-dev', true],
    ['-dev$', 'checkout-dev-2', false],
    ['-dev$', 'checkout-dev\n', false],
    ['^(dev|test)-', 'test-api', true],
    ['^(?:dev|test)-', 'prod-api', false],
    ['^(?P<stage>dev|test)-', 'dev-api', true],
    ['^(?<stage>dev|test)-', 'dev-api', true],
    ['', 'anything', true],
    ['a|', 'x', true],
    ['^$', '', true],
    ['^$', 'x', false],
    ['fn-\\d{3}', 'fn-042', true],
    ['fn-\\d{3}$', 'fn-42', false],
    ['^a{2,3}$', 'aaa', true],
    ['^a{2,3}$', 'aaaa', false],
    ['^a{2,}$', 'aaaaa', true],
    ['^a{0}$', '', true],
    ['^ab?c+?d*$', 'acccc', true],
    ['^(ab)*$', 'ababab', true],
    ['^(ab)*$', 'aba', false],
    ['^(a*)*$', 'aaa', true],
    ['^[a-c_]+$', 'abc_', true],
    ['^[^a-c]+$', 'xyz', true],
    ['^[^a-c]+$', 'xya', false],
    ['^[]x]+$', 'x]', true],
    ['^[x-]+$', '-x', true],
    ['^[\\w.\\-]+$', 'a_9.-', true],
    ['^\\w+\\s\\S+$', 'größe x', true],
    ['^\\D+\\W$', 'ab!', true],
    ['^a.c$', 'a\nc', false],
    ['(?s)^a.c$', 'a\nc', true],
    ['(?i)^CHECK[a-z]UT$', 'checkOut', true],
    ['a(?i)b', 'aB', true],
    ['a(?i)b', 'AB', false],
    ['(?i:a)b', 'Ab', true],
    ['(?i:a)b', 'AB', false],
    ['(?i)a(?-i)b', 'AB', false],
    ['(?i)[^a]', 'A', false],
    ['\\bapi\\b', 'my-api-2', true],
    ['\\bapi\\b', 'myapi', false],
    ['\\Bpi', 'api', true],
    ['\\Aapi\\z', 'api', true],
    ['a\\.b\\/c\\$', 'a.b/c$', true],
    ['a\\.b', 'axb', false],
    ['^\\t\\n$', '\t\n', true],
    ['^.$', '😀', true],
    ['^[😀-😂]$', '😁', true],
    ['a]b}c', 'a]b}c', true],
  ])('%j in %j: %s', (pattern, text, expected) => expect(found(pattern, text)).toBe(expected));

  it.each([
    '[invalid regex',
    '(',
    ')',
    '(a',
    'a)',
    '*a',
    'a|*',
    '+',
    'a{',
    'a{2',
    'a{3,2}',
    'a{1001}',
    'a{1,5000}',
    '[',
    '[]',
    '[^]',
    '[b-a]',
    '[a-\\d]',
    '[[:alpha:]]',
    '[a&&b]',
    '\\',
    '\\p{L}',
    '\\1',
    '\\k<a>',
    '\\x41',
    '(?=a)',
    '(?!a)',
    '(?<=a)',
    '(?<!a)',
    '(?m)^a',
    '(?x) a',
    '(?<1>a)',
    '((a{500}){500})',
    '(a{0,300}){0,300}',
    `${'('.repeat(60)}a${')'.repeat(60)}`,
    'a'.repeat(1025),
  ])('D1: %j is refused, and not repeated', (pattern) => {
    const message = refusalOf(pattern);
    expect(message).toMatch(/ at character \d+$|too many|longer than/);
    if (pattern.length > 3) expect(message).not.toContain(pattern);
  });

  it('F27: expressions that would keep JavaScript’s own engine for years take no time', () => {
    const text = `${'a'.repeat(500)}!`;
    for (const pattern of [
      '^(a+)+$',
      '^(a|a)*$',
      '^(a|aa)+$',
      '(a*)*b',
      '^(([a-z])+.)+[A-Z]([a-z])+$',
      '(.*a){20}',
      'a{0,250}a{0,250}$',
    ])
      expect(found(pattern, text)).toBeDefined();
  });

  it('F27: text that is too long is not searched', () => {
    expect(found('a', 'a'.repeat(512))).toBe(true);
    expect(found('a', 'a'.repeat(513))).toBeUndefined();
  });

  it('answers the same when asked again, whatever was asked in between', () => {
    const pattern = compilePattern('^x(1|2)+$');
    expect(pattern.foundIn('x12')).toBe(true);
    for (let index = 0; index < 2_000; index++) pattern.foundIn(`y${index}`);
    expect([pattern.foundIn('x12'), pattern.foundIn('x3')]).toEqual([true, false]);
  });

  it('finds what JavaScript’s own engine finds', () => {
    const leaf = fc.constantFrom('a', 'b', '-', '.', '[ab]', '[^a]', '\\d', '\\w', '\\b', '\\B', '^', '$', '1', 'ab');
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.tuple(tie('tree'), tie('tree')).map(([left, right]) => left + right),
        fc.tuple(tie('tree'), tie('tree')).map(([left, right]) => `(${left}|${right})`),
        fc
          .tuple(tie('tree'), fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,}', '*?'))
          .map(([body, how]) => `(?:${body})${how}`),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.array(fc.constantFrom('a', 'b', '-', '1', '\n'), { maxLength: 8 }), (pattern, chars) => {
        const text = chars.join('');
        expect(found(pattern, text)).toBe(new RegExp(pattern, 'u').test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('throws nothing but its own error, whatever it is given', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '*',
      '+',
      '?',
      '\\',
      '|',
      '^',
      '-',
      'a',
      '1',
      ',',
      ':',
      'i',
      '<',
      '>',
      'P',
      '\ud800',
      '😀',
    );
    const text = fc.oneof(
      fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(text, text, (pattern, sought) => refusalOf(pattern) !== '' || found(pattern, sought) !== undefined),
      {
        numRuns: 3_000,
      },
    );
  });
});
