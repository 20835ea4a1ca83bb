export { FILTER_PATTERN_SAMPLES, type FilterPatternSample } from './filter-pattern-samples.ts';
import { jsonPattern } from './filter-pattern-json.ts';

const TERM = /^\s*([-?])?(?:"((?:[^"\\]|\\.)*)"|([^\s"%{[]+))/;

interface Terms {
  readonly all: readonly string[];
  readonly any: readonly string[];
  readonly none: readonly string[];
}

const termsOf = (pattern: string): Terms => {
  const [all, any, none]: readonly string[][] = [[], [], []];
  let rest = pattern;
  while (rest.trim() !== '') {
    const [term, sign, quoted, bare] = TERM.exec(rest) ?? [];
    if (term === undefined) throw new Error(`a filter pattern that cannot be read from ${JSON.stringify(rest)}`);
    const text = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
    (sign === '?' ? any : sign === '-' ? none : all)?.push(text);
    rest = rest.slice(term.length);
  }
  return { all: all ?? [], any: any ?? [], none: none ?? [] };
};

/** Nothing but spaces in quotes is how AWS writes a pattern that matches everything. */
const has = (message: string, term: string): boolean => term.trim() === '' || message.includes(term);

/**
 * Beside other terms, those with `?` count for nothing: "If you combine "?" with other filter patterns, all question mark terms will be
 * ignored"; and others are "include and exclude terms".
 */
const termPattern = (pattern: string): ((message: string) => boolean) => {
  const { all, any, none } = termsOf(pattern);
  return (message) =>
    all.every((term) => has(message, term)) &&
    none.every((term) => !has(message, term)) &&
    (any.length === 0 || all.length + none.length > 0 || any.some((term) => has(message, term)));
};

const parsed = (message: string): unknown => {
  try {
    return JSON.parse(message) as unknown;
  } catch {
    return undefined;
  }
};

/**
 * What CloudWatch Logs would let through, by its documentation: patterns of terms, and of JSON. Everything that is not known here is refused,
 * not guessed: regular expressions, patterns of columns.
 *
 * It stands in for AWS, and is the oracle of the one that `doctor` has: the two share nothing but this page.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html, read on 2026-11-21 in a stored copy.
 *
 * @throws {Error} for what is no pattern, or none that is known here; from the matcher, for what the page does not say of a message.
 */
export const filterPattern = (pattern: string): ((message: string) => boolean) => {
  const [, inner] = /^\s*\{(.*)\}\s*$/s.exec(pattern) ?? [];
  if (inner === undefined) return termPattern(pattern);
  const condition = jsonPattern(inner);
  return (message) => {
    const event = parsed(message);
    return typeof event === 'object' && event !== null && condition(event);
  };
};
