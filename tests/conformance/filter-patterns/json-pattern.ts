import { readValue } from './select.ts';

/** Whether a condition holds of a log event that is JSON. */
type Condition = (event: unknown) => boolean;

const SELECTOR = /^\$(?:\.[A-Za-z0-9_@-]+|\.?\[\s*(?:\d+|\*|"[^"]*"|'[^']*')\s*\])+/;
const VALUE = /^(?:"((?:[^"\\]|\\.)*)"|([^\s()&|"]+))/;
const REGEX = /^%/;

const likeOf = (text: string): RegExp =>
  new RegExp(`^${text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 's');

const isScalar = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

const compareNumbers = (operator: string, found: number, wanted: number): boolean => {
  switch (operator) {
    case '<':
      return found < wanted;
    case '<=':
      return found <= wanted;
    case '>':
      return found > wanted;
    case '>=':
      return found >= wanted;
    default:
      return (found === wanted) === (operator === '=');
  }
};

/**
 * Text against text, with `*` for any characters, or a number against a number. What is neither never matches, whichever the operator: "If a
 * property selector points to an array or object, the filter pattern won't match".
 */
const comparison = (selector: string, operator: string, wanted: string, quoted: boolean): Condition => {
  const number = !quoted && wanted !== '*' && wanted.trim() !== '' ? Number(wanted) : Number.NaN;
  const like = likeOf(wanted);
  return (event) => {
    const found = readValue(event, selector);
    if (!isScalar(found)) return false;
    if (!Number.isNaN(number)) return typeof found === 'number' && compareNumbers(operator, found, number);
    if (operator !== '=' && operator !== '!=') return false;
    return like.test(String(found)) === (operator === '=');
  };
};

const KEYWORDS: readonly (readonly [RegExp, (found: unknown) => boolean])[] = [
  [/^IS\s+TRUE\b/i, (found) => found === true],
  [/^IS\s+FALSE\b/i, (found) => found === false],
  [/^IS\s+NULL\b/i, (found) => found === null],
  [/^NOT\s+EXISTS\b/i, (found) => found === undefined],
];

/** Reads `{ … }`: conditions, `&&` before `||`, parentheses first. */
class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  private take(expression: RegExp): RegExpExecArray | undefined {
    this.at += /^\s*/.exec(this.text.slice(this.at))?.[0].length ?? 0;
    const found = expression.exec(this.text.slice(this.at));
    if (found === null) return undefined;
    this.at += found[0].length;
    return found;
  }

  private refuse(): never {
    throw new Error(`a filter pattern that cannot be read from ${JSON.stringify(this.text.slice(this.at))}`);
  }

  private list(separator: RegExp, part: () => Condition): readonly Condition[] {
    const parts = [part()];
    while (this.take(separator) !== undefined) parts.push(part());
    return parts;
  }

  either(): Condition {
    const parts = this.list(/^\|\|/, () => this.both());
    return (event) => parts.some((part) => part(event));
  }

  private both(): Condition {
    const parts = this.list(/^&&/, () => this.one());
    return (event) => parts.every((part) => part(event));
  }

  private one(): Condition {
    if (this.take(/^\(/) !== undefined) {
      const inner = this.either();
      return this.take(/^\)/) === undefined ? this.refuse() : inner;
    }
    const [selector] = this.take(SELECTOR) ?? this.refuse();
    for (const [keyword, holds] of KEYWORDS)
      if (this.take(keyword) !== undefined) return (event) => holds(readValue(event, selector));
    const [operator] = this.take(/^(?:!=|<=|>=|=|<|>)/) ?? this.refuse();
    if (this.take(REGEX) !== undefined)
      throw new Error('a filter pattern with a regular expression, which nobody here can match');
    const [, quoted, bare] = this.take(VALUE) ?? this.refuse();
    return comparison(selector, operator, quoted ?? bare ?? '', quoted !== undefined);
  }

  end(): void {
    if (this.take(/^$/) === undefined) this.refuse();
  }
}

/** What `{ … }` asks of a log event. @throws {Error} for what is no such pattern. */
export const jsonPattern = (inner: string): Condition => {
  const reader = new Reader(inner);
  const condition = reader.either();
  reader.end();
  return condition;
};
