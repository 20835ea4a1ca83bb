type Json = unknown;

/** Whether a condition holds of a line. @throws {Untold} where AWS does not say. */
type Condition = (line: Json) => boolean;

/** Stops at what the page of AWS does not tell of, or what is not known here. */
export class Untold extends Error {
  override readonly name = 'Untold';
}

const SELECTOR = String.raw`\$(?:\.(?:[\w@#-]+|\*)|\.?\[(?:\d+|\*|'[^']*'|"[^"]*")\])+`;
const IS_SELECTOR = new RegExp(`^${SELECTOR}$`);
const TOKEN = new RegExp(
  String.raw`\s*(${SELECTOR}|&&|\|\||!=|<=|>=|[=<>()]|"(?:[^"\\]|\\.)*"|[^\s()=<>!&|"]+)\s*`,
  'y',
);

const tokensOf = (text: string): string[] => {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new Untold();
    tokens.push(token);
  }
  return tokens;
};

interface Step {
  readonly kind: 'field' | 'element' | 'every';
  readonly at: string;
}

const stepsOf = (selector: string): readonly Step[] =>
  [...selector.matchAll(/\.([\w@#-]+)|\['([^']*)'\]|\["([^"]*)"\]|\[(\d+)\]|\*/g)].map(
    ([, name, single, double, element]): Step => {
      const field = name ?? single ?? double;
      if (field !== undefined) return { kind: 'field', at: field };
      return element === undefined ? { kind: 'every', at: '*' } : { kind: 'element', at: element };
    },
  );

/** What one step leads to: `[0]` into lists, names into objects, `*` into both. */
const below = (value: Json, { kind, at }: Step): readonly Json[] => {
  if (typeof value !== 'object' || value === null) return [];
  if (kind === 'every') return Object.values(value);
  if (Array.isArray(value) !== (kind === 'element') || !Object.hasOwn(value, at)) return [];
  return [(value as Readonly<Record<string, Json>>)[at]];
};

/** `*` stands for any characters. */
export const matchesWildcards = (text: string, pattern: string): boolean => {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
};

const COMPARE: ReadonlyMap<string, (value: number, other: number) => boolean> = new Map([
  ['=', (value, other) => value === other],
  ['!=', (value, other) => value !== other],
  ['<', (value, other) => value < other],
  ['>', (value, other) => value > other],
  ['<=', (value, other) => value <= other],
  ['>=', (value, other) => value >= other],
]);

const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** What a value has to be. Text and numbers are values; booleans, lists and objects never match. */
const wanted = (operator: string, given: string): ((found: Json) => boolean) => {
  const compare = COMPARE.get(operator);
  if (compare === undefined || given.startsWith('%')) throw new Untold();
  if (NUMBER.test(given)) {
    return (found) => {
      if (typeof found === 'string' && (operator === '!=' || NUMBER.test(found))) throw new Untold();
      return typeof found === 'number' && compare(found, Number(given));
    };
  }
  if (operator !== '=' && operator !== '!=') throw new Untold();
  const text = given.startsWith('"') ? given.slice(1, -1).replaceAll(/\\(.)/g, '$1') : given;
  return (found) =>
    (typeof found === 'string' || typeof found === 'number') &&
    matchesWildcards(String(found), text) === (operator === '=');
};

const IS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['NULL', null],
  ['TRUE', true],
  ['FALSE', false],
]);

const condition = (selector: string, operator: string, given: string): Condition => {
  if (!IS_SELECTOR.test(selector)) throw new Untold();
  const steps = stepsOf(selector);
  const found = (line: Json): readonly Json[] =>
    steps.reduce<readonly Json[]>((values, step) => values.flatMap((value) => below(value, step)), [line]);
  if (operator === 'NOT' && given === 'EXISTS') return (line) => found(line).length === 0;
  if (operator === 'IS' && IS.has(given)) return (line) => found(line).includes(IS.get(given));
  const holds = wanted(operator, given);
  return (line) => found(line).some(holds);
};

/** What `{ … }` asks of a line: `( a || b ) && c`, where `&&` binds more than `||`. @throws {Untold} */
export const jsonPattern = (inner: string): Condition => {
  const tokens = tokensOf(inner);
  const next = (): string => {
    const token = tokens.shift();
    if (token === undefined) throw new Untold();
    return token;
  };
  const one = (): Condition => {
    if (tokens[0] !== '(') return condition(next(), next(), next());
    next();
    const held = any();
    if (next() !== ')') throw new Untold();
    return held;
  };
  const several = (separator: string, part: () => Condition): readonly Condition[] => {
    const parts = [part()];
    while (tokens[0] === separator) {
      next();
      parts.push(part());
    }
    return parts;
  };
  const all = (): Condition => {
    const parts = several('&&', one);
    return (line) => parts.every((part) => part(line));
  };
  const any = (): Condition => {
    const parts = several('||', all);
    return (line) => parts.some((part) => part(line));
  };
  const whole = any();
  if (tokens.length > 0) throw new Untold();
  return whole;
};
