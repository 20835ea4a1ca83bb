/** What a filter pattern does with a line; `undefined` where it uses what is not known here, such as regular expressions. */
export type Brings = boolean | undefined;

type Json = unknown;
type Term = (line: Json) => Brings;

/** Stops reading a pattern of another syntax. */
class Unknown extends Error {
  override readonly name = 'Unknown';
}

const TOKEN =
  /\s*(\$(?:\.[\w@#*-]+|\[(?:\d+|\*|'[^']*'|"[^"]*")\])+|&&|\|\||!=|<=|>=|[=<>()]|"(?:[^"\\]|\\.)*"|%[^%]*%|[^\s()=<>!&|]+)/y;

const tokensOf = (text: string): string[] => {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    if (text.slice(TOKEN.lastIndex).trim() === '') break;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new Unknown();
    tokens.push(token);
  }
  return tokens;
};

const childrenOf = (value: Json, name: string): readonly Json[] => {
  if (typeof value !== 'object' || value === null) return [];
  if (name === '*') return Object.values(value);
  return Object.hasOwn(value, name) ? [(value as Readonly<Record<string, Json>>)[name]] : [];
};

/** Everything a selector leads to. */
const selected = (line: Json, selector: string): readonly Json[] => {
  const segments = [...selector.matchAll(/\.([\w@#*-]+)|\[(?:'([^']*)'|"([^"]*)"|(\d+|\*))\]/g)];
  const names = segments.map(([, plain, single, double, index]) => plain ?? single ?? double ?? index ?? '');
  return names.reduce<readonly Json[]>((values, name) => values.flatMap((value) => childrenOf(value, name)), [line]);
};

const isScalar = (value: Json): boolean => ['string', 'number', 'boolean'].includes(typeof value);

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

const COMPARE: Readonly<Record<string, (value: number, other: number) => boolean>> = {
  '<': (value, other) => value < other,
  '>': (value, other) => value > other,
  '<=': (value, other) => value <= other,
  '>=': (value, other) => value >= other,
};

/** A selector on a list or an object never matches: only text, numbers and booleans are compared. */
const comparison = (selector: string, operator: string, given: string): Term => {
  if (given.startsWith('%')) throw new Unknown();
  const value = given.startsWith('"') ? given.slice(1, -1).replaceAll(/\\(.)/g, '$1') : given;
  const holds = (found: Json): boolean => {
    const compare = COMPARE[operator];
    if (compare !== undefined) return typeof found === 'number' && compare(found, Number(value));
    const same = matchesWildcards(String(found), value);
    return operator === '=' ? same : !same;
  };
  return (line) => selected(line, selector).some((found) => isScalar(found) && holds(found));
};

const IS: Readonly<Record<string, Json>> = { NULL: null, TRUE: true, FALSE: false };

/** `( a || b ) && c`, where `&&` binds more than `||`. */
const parser = (tokens: string[]): Term => {
  const next = (): string => {
    const token = tokens.shift();
    if (token === undefined) throw new Unknown();
    return token;
  };
  const one = (): Term => {
    const selector = next();
    if (selector === '(') {
      const inner = any();
      if (next() !== ')') throw new Unknown();
      return inner;
    }
    if (!selector.startsWith('$')) throw new Unknown();
    const operator = next();
    const value = next();
    if (operator === 'NOT' && value === 'EXISTS') return (line) => selected(line, selector).length === 0;
    if (operator === 'IS' && value in IS)
      return (line) => selected(line, selector).some((found) => found === IS[value]);
    if (operator === '=' || operator === '!=' || operator in COMPARE) return comparison(selector, operator, value);
    throw new Unknown();
  };
  const all = (): Term => {
    const terms = [one()];
    while (tokens[0] === '&&') {
      next();
      terms.push(one());
    }
    return (line) => terms.every((term) => term(line) === true);
  };
  const any = (): Term => {
    const terms = [all()];
    while (tokens[0] === '||') {
      next();
      terms.push(all());
    }
    return (line) => terms.some((term) => term(line) === true);
  };
  const whole = any();
  if (tokens.length > 0) throw new Unknown();
  return whole;
};

const jsonOf = (line: string): Json => {
  try {
    return JSON.parse(line) as Json;
  } catch {
    return undefined;
  }
};

/** Words: all of them, at least one of those with `?`, none of those with `-`. */
const bringsWords = (pattern: string, line: string): Brings => {
  const words = [...pattern.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map(([, sign = '', quoted, bare]) => ({
    sign,
    has: line.includes(quoted?.replaceAll(/\\(.)/g, '$1') ?? bare ?? ''),
  }));
  const some = words.filter(({ sign }) => sign === '?');
  // A list with both kinds follows rules of its own, which AWS calls unsupported.
  return (
    words.every(({ sign, has }) => (sign === '' ? has : sign === '-' ? !has : true)) &&
    (some.length === 0 || some.some(({ has }) => has))
  );
};

/**
 * Whether a filter pattern of CloudWatch Logs brings a line: nothing, words, or properties of JSON.
 *
 * Source: "Filter pattern syntax", https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html (read 2026-11-21).
 */
export const brings = (pattern: string, line: string): Brings => {
  const trimmed = pattern.trim();
  if (trimmed === '') return true;
  if (trimmed.startsWith('[') || trimmed.startsWith('%')) return undefined;
  if (!trimmed.startsWith('{')) return bringsWords(trimmed, line);
  try {
    if (!trimmed.endsWith('}')) return undefined;
    const term = parser(tokensOf(trimmed.slice(1, -1)));
    const parsed = jsonOf(line);
    return typeof parsed === 'object' && parsed !== null ? term(parsed) : false;
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
};
