import {
  CLASSES,
  type CharTest,
  CONTROLS,
  ignoringCase,
  isPunctuation,
  literal,
  range,
  union,
} from './secrets-prefix-pattern-class.ts';

/** A regular expression as a tree. */
export type Tree =
  | { readonly char: CharTest }
  | { readonly at: 'start' | 'end' | 'boundary' | 'inside' }
  | { readonly sequence: readonly Tree[] }
  | { readonly choice: readonly Tree[] }
  | { readonly repeat: Tree; readonly min: number; readonly max: number };

/** Longer than anybody writes into a secret. */
const MAX_LENGTH = 1_024;
const MAX_DEPTH = 50;
const MAX_REPEAT = 1_000;

interface Flags {
  readonly ignoreCase: boolean;
  readonly dotIsAll: boolean;
}

/** Why an expression is not taken, and where: never the expression itself. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

const POSITIONS: ReadonlyMap<string, Tree> = new Map([
  ['A', { at: 'start' }],
  ['z', { at: 'end' }],
  ['b', { at: 'boundary' }],
  ['B', { at: 'inside' }],
]);

/**
 * Reads a regular expression in the syntax of Rust's `regex`, which the reference uses; what is not read is refused: Unicode
 * properties, POSIX classes, classes in classes, and the flags `m`, `x`, `U` and `R`. Lookaround and back references are in
 * neither. Source: docs.rs/regex/1, "Syntax".
 *
 * @throws {PatternError}
 */
export const parsePattern = (pattern: string): Tree => {
  if (pattern.length > MAX_LENGTH) throw new PatternError(`is longer than ${MAX_LENGTH} characters`);
  const chars = Array.from(pattern);
  let place = 0;
  const refuse = (what: string): never => {
    throw new PatternError(`${what} at character ${place + 1}`);
  };
  const peek = (): string | undefined => chars[place];
  const take = (wanted: string): boolean => {
    const there = Array.from(wanted).every((char, index) => chars[place + index] === char);
    if (there) place += wanted.length;
    return there;
  };
  /** The text that an expression matches from here on, at once taken. */
  const takeMatch = (expression: RegExp): RegExpExecArray | undefined => {
    const match = expression.exec(chars.slice(place, place + 40).join(''));
    if (match !== null) place += Array.from(match[0]).length;
    return match ?? undefined;
  };
  const oneOf = (test: CharTest, flags: Flags): Tree => ({ char: flags.ignoreCase ? ignoringCase(test) : test });

  /** What follows a backslash: a class, or the character it stands for. */
  const escaped = (): CharTest | string => {
    const char = chars[place++] ?? refuse('a backslash without a character');
    const known = CLASSES.get(char) ?? CONTROLS.get(char) ?? (isPunctuation(char) ? char : undefined);
    return known ?? refuse('an escape that is not supported');
  };

  const classMember = (): CharTest | string => {
    const char = chars[place++] ?? refuse('a class without an end');
    if (char === '[') refuse('a class in a class');
    if ('&-~'.includes(char) && peek() === char) refuse('a set operation in a class');
    return char === '\\' ? escaped() : char;
  };

  const classOf = (flags: Flags): Tree => {
    const negated = take('^');
    const tests: CharTest[] = [];
    while (tests.length === 0 || peek() !== ']') {
      const from = classMember();
      if (peek() === '-' && chars[place + 1] !== ']') {
        place++;
        const to = classMember();
        if (typeof from !== 'string' || typeof to !== 'string' || from > to) return refuse('a range that is none');
        tests.push(range(from, to));
      } else tests.push(typeof from === 'string' ? literal(from) : from);
    }
    place++;
    const all = union(tests, false);
    return { char: union([flags.ignoreCase ? ignoringCase(all) : all], negated) };
  };

  const withFlags = (flags: Flags, [, on = '', off = '']: readonly string[]): Flags => {
    const set = (name: string, now: boolean): boolean => (now || on.includes(name)) && !off.includes(name);
    return { ignoreCase: set('i', flags.ignoreCase), dotIsAll: set('s', flags.dotIsAll) };
  };

  const group = (flags: Flags, depth: number): Tree => {
    if (depth >= MAX_DEPTH) refuse('too many groups in groups');
    const given = takeMatch(/^\?([isu]*)(?:-([is]+))?:/);
    if (given === undefined && takeMatch(/^\?P?<[A-Za-z_]\w{0,30}>/) === undefined && peek() === '?')
      refuse('a group that is not supported');
    const inner = choice(given === undefined ? flags : withFlags(flags, given), depth + 1);
    if (!take(')')) refuse('a group without an end');
    return inner;
  };

  const atom = (flags: Flags, depth: number): Tree => {
    const char = chars[place++] ?? refuse('nothing');
    if (char === '(') return group(flags, depth);
    if (char === '[') return classOf(flags);
    if (char === '.') return { char: flags.dotIsAll ? () => true : (one) => one !== '\n' };
    if (char === '^') return { at: 'start' };
    if (char === '$') return { at: 'end' };
    if ('*+?{'.includes(char)) return refuse('nothing to repeat');
    if (char !== '\\') return oneOf(literal(char), flags);
    const position = POSITIONS.get(peek() ?? '');
    if (position === undefined) {
      const found = escaped();
      return oneOf(typeof found === 'string' ? literal(found) : found, flags);
    }
    place++;
    return position;
  };

  const repeated = (tree: Tree): Tree => {
    let whole = tree;
    for (;;) {
      const [simple, from, comma, to] = takeMatch(/^(?:[*+?]|\{(\d{1,4})(?:(,)(\d{1,4})?)?\})/) ?? [];
      if (simple === undefined) return peek() === '{' ? refuse('a repetition that is not supported') : whole;
      take('?'); // lazy or not: whether there is a match is the same
      const min = from === undefined ? Number(simple === '+') : Number(from);
      const open =
        simple === '?' ? 1 : simple.length === 1 || (comma !== undefined && to === undefined) ? Infinity : min;
      const max = to === undefined ? open : Number(to);
      if (min > max || min > MAX_REPEAT || (max > MAX_REPEAT && max !== Infinity))
        return refuse('too many repetitions');
      whole = { repeat: whole, min, max };
    }
  };

  const sequence = (given: Flags, depth: number): Tree => {
    let flags = given;
    const parts: Tree[] = [];
    while (peek() !== undefined && peek() !== '|' && peek() !== ')') {
      const set = takeMatch(/^\(\?([isu]+)(?:-([is]+))?\)|^\(\?()-([is]+)\)/);
      if (set !== undefined) flags = withFlags(flags, ['', set[1] ?? '', set[2] ?? set[4] ?? '']);
      else parts.push(repeated(atom(flags, depth)));
    }
    return { sequence: parts };
  };

  const choice = (flags: Flags, depth: number): Tree => {
    const parts = [sequence(flags, depth)];
    while (take('|')) parts.push(sequence(flags, depth));
    return { choice: parts };
  };

  const tree = choice({ ignoreCase: false, dotIsAll: false }, 0);
  return place < chars.length ? refuse('a group that never began') : tree;
};
