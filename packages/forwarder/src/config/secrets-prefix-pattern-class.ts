/** Whether a character is in a class. */
export type CharTest = (char: string) => boolean;

const tested =
  (expression: RegExp): CharTest =>
  (char) =>
    expression.test(char);

const not =
  (test: CharTest): CharTest =>
  (char) =>
    !test(char);

const digit = tested(/^\p{Nd}$/u);
const space = tested(/^\p{White_Space}$/u);

/** What `\w` and word boundaries take for a part of a word. Source: docs.rs/regex, "Perl character classes". */
export const isWordChar: CharTest = tested(/^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u);

/** Classes by the letter behind a backslash. */
export const CLASSES: ReadonlyMap<string, CharTest> = new Map([
  ['d', digit],
  ['D', not(digit)],
  ['s', space],
  ['S', not(space)],
  ['w', isWordChar],
  ['W', not(isWordChar)],
]);

/** Characters by the letter behind a backslash. */
export const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['f', '\f'],
  ['v', '\v'],
]);

/** Whether a backslash before this character makes it stand for itself. */
export const isPunctuation = (char: string): boolean => /^[!-/:-@[-`{-~]$/.test(char);

/** A class that takes upper and lower case for the same. */
export const ignoringCase =
  (test: CharTest): CharTest =>
  (char) =>
    test(char) || test(char.toLowerCase()) || test(char.toUpperCase());

/** Everything between two characters. */
export const range =
  (from: string, to: string): CharTest =>
  (char) =>
    codeOf(char) >= codeOf(from) && codeOf(char) <= codeOf(to);

const codeOf = (char: string): number => char.codePointAt(0) ?? -1;

/** Exactly this character. */
export const literal =
  (wanted: string): CharTest =>
  (char) =>
    char === wanted;

/** Everything that one of these takes, or nothing of it. */
export const union = (tests: readonly CharTest[], negated: boolean): CharTest =>
  negated ? (char) => !tests.some((test) => test(char)) : (char) => tests.some((test) => test(char));
