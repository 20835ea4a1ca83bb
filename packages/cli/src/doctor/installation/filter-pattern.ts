import { jsonPattern, Untold } from './json-pattern.ts';

/** What a filter pattern does with a line; `undefined` where it uses what is not known here, such as regular expressions. */
export type Brings = boolean | undefined;

const TERM = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"%{}[\]]+))(?:\s+|$)/y;

interface Word {
  readonly sign: string;
  readonly has: boolean;
}

const wordsOf = (pattern: string, line: string): readonly Word[] => {
  const words: Word[] = [];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < pattern.length) {
    const found = TERM.exec(pattern);
    if (found === null) throw new Untold();
    const [, sign = '', quoted, bare = ''] = found;
    const word = quoted?.replaceAll(/\\(.)/g, '$1') ?? bare;
    words.push({ sign, has: word.trim() === '' || line.includes(word) });
  }
  return words;
};

/** All of the words and none of those with `-`; those with `?` count only among themselves, where one of them is enough. `" "` brings all. */
const bringsWords = (pattern: string, line: string): boolean => {
  const words = wordsOf(pattern, line);
  const counting = words.filter(({ sign }) => sign !== '?');
  if (counting.length === 0) return words.some(({ has }) => has);
  return counting.every(({ sign, has }) => has === (sign === ''));
};

const jsonOf = (line: string): unknown => {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
};

const bringsProperties = (pattern: string, line: string): boolean => {
  if (!pattern.endsWith('}')) throw new Untold();
  const asks = jsonPattern(pattern.slice(1, -1));
  const parsed = jsonOf(line);
  return typeof parsed === 'object' && parsed !== null && asks(parsed);
};

/**
 * Whether a filter pattern of CloudWatch Logs brings a line: nothing, words, or properties of JSON.
 *
 * Source: "Filter pattern syntax", https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html (read 2026-11-21).
 */
export const brings = (pattern: string, line: string): Brings => {
  const trimmed = pattern.trim();
  if (trimmed === '') return true;
  try {
    return trimmed.startsWith('{') ? bringsProperties(trimmed, line) : bringsWords(trimmed, line);
  } catch (error) {
    if (error instanceof Untold) return undefined;
    throw error;
  }
};
