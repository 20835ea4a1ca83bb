import { readValues } from './filter-pattern-select.ts';

/** Whether a condition holds of a log event that is JSON. */
type Condition = (event: unknown) => boolean;

const SELECTOR = /^\$(?:\.[A-Za-z0-9_@-]+|\.\*|\.?\[\s*(?:\d+|\*|"[^"]*"|'[^']*')\s*\])+/;
const VALUE = /^(?:"((?:[^"\\]|\\.)*)"|([^\s()&|"]+))/;
const REGEX = /^%/;
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const likeOf = (text: string): RegExp =>
  new RegExp(`^${text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 's');

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

/** A number against a number. What becomes of a text that is a number too, or that is not to be the number, AWS does not say. */
const numberComparison =
  (operator: string, wanted: number): ((found: unknown) => boolean) =>
  (found) => {
    if (typeof found === 'string' && (operator === '!=' || NUMBER.test(found)))
      throw new Error('a number against a text, of which nobody here knows what becomes');
    return typeof found === 'number' && compareNumbers(operator, found, wanted);
  };

/**
 * With `*` for any characters. "Value nodes can be strings or numbers": what is neither never matches, whichever the operator, nor does what
 * is an array or object.
 */
const textComparison = (operator: string, wanted: string): ((found: unknown) => boolean) => {
  if (operator !== '=' && operator !== '!=') throw new Error('an order of what is no number, which nobody here knows');
  const like = likeOf(wanted);
  return (found) =>
    (typeof found === 'string' || typeof found === 'number') && like.test(String(found)) === (operator === '=');
};

const comparison = (selector: string, operator: string, quoted: string | undefined, bare: string): Condition => {
  const holds =
    quoted === undefined && NUMBER.test(bare)
      ? numberComparison(operator, Number(bare))
      : textComparison(operator, quoted?.replace(/\\(.)/g, '$1') ?? bare);
  return (event) => readValues(event, selector).some(holds);
};

const KEYWORDS: readonly (readonly [RegExp, (found: readonly unknown[]) => boolean])[] = [
  [/^IS\s+TRUE\b/, (found) => found.includes(true)],
  [/^IS\s+FALSE\b/, (found) => found.includes(false)],
  [/^IS\s+NULL\b/, (found) => found.includes(null)],
  [/^NOT\s+EXISTS\b/, (found) => found.length === 0],
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
      if (this.take(keyword) !== undefined) return (event) => holds(readValues(event, selector));
    const [operator] = this.take(/^(?:!=|<=|>=|=|<|>)/) ?? this.refuse();
    if (this.take(REGEX) !== undefined)
      throw new Error('a filter pattern with a regular expression, which nobody here can match');
    const [, quoted, bare] = this.take(VALUE) ?? this.refuse();
    return comparison(selector, operator, quoted, bare ?? '');
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
