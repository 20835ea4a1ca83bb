/** Deeper than any logger wraps a line. */
const MAX_WRAPS = 4;

/** A letter of JSON text, as it is or by its number. */
const spelled = (letter: string): string => {
  const numbers = [letter.toLowerCase(), letter.toUpperCase()].map((one) => one.charCodeAt(0).toString(16));
  return `(?:${letter}|\\\\+u00(?:${numbers.join('|')}))`;
};

/**
 * Where the headers of an envelope begin, in text that may have been escaped any number of times; .NET writes quotes as numbers.
 * It begins with the quote, not with what escapes it: otherwise a line full of backslashes would take minutes.
 */
const HEADERS = new RegExp(
  String.raw`(?:"|u0022)${'headers'.replace(/./g, spelled)}(?:\\*"|\\+u0022)(?:\s|\\+[nrt])*:`,
  'i',
);

/** What every line with headers in it contains: the word, or a letter by its number. */
const MENTION = /headers|\\u00[4-7]/i;

/**
 * A line with every value in an envelope's `headers` blanked: functions have put API keys there, and nothing may keep them (D22).
 * What is no JSON is cut where its headers begin: nobody can say where they end.
 */
export const blankHeaders = (line: string, wraps: number = MAX_WRAPS): string => {
  if (!MENTION.test(line)) return line;
  const start = line.indexOf('{');
  const before = HEADERS.exec(start < 0 ? line : line.slice(0, start));
  if (before === null && start >= 0 && wraps > 0) {
    const json = blankJson(line.slice(start), wraps);
    if (json !== undefined) return line.slice(0, start) + json;
  }
  const found = HEADERS.exec(line);
  return found === null ? line : `${line.slice(0, found.index)}[cut: headers]`;
};

/** `undefined` for what is no JSON, or nested too deep to be written again. */
const blankJson = (text: string, wraps: number): string | undefined => {
  // A name that stands twice in an object is read once: what was not seen must not stay.
  let changed = HEADERS.test(text);
  const blank = (key: string, value: unknown): unknown => {
    if (key.toLowerCase() === 'headers') {
      changed = true;
      return emptied(value);
    }
    if (typeof value !== 'string') return value;
    const inner = blankHeaders(value, wraps - 1);
    changed ||= inner !== value;
    return inner;
  };
  try {
    const blanked = JSON.stringify(JSON.parse(text), blank);
    return changed ? blanked : text;
  } catch {
    return undefined;
  }
};

/** The same names without their values. */
const emptied = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.keys(value).map((name) => [name, '']))
    : '';
