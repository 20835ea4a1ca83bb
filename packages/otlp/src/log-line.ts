import { ENVELOPE_MARKER } from './envelope-marker.ts';
import { InvalidOtlpError } from './invalid-otlp-error.ts';
import { checkJsonValues } from './json/bound.ts';

/** A log line that holds a JSON object: the object, and the text to read it from again. */
export interface LogLine {
  readonly value: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Lambda's text formats put three words before what a logger prints: `time⇥request id⇥level⇥`, Python `[level]⇥time⇥request id⇥`. */
const TEXT_PREFIX = /^[^\t{]{0,64}\t[^\t{]{0,64}\t[^\t{]{0,64}\t(?=\{)/;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Enough where no 64-bit integer stands in the line itself. */
const parseBounded = (text: string): unknown => {
  checkJsonValues(text);
  return JSON.parse(text);
};

/** What `text` says as JSON, `undefined` when it says nothing. An error that quotes the text does not travel on. */
const attempt = (text: string, parse: (text: string) => unknown): unknown => {
  if (!text.startsWith('{')) return undefined;
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof InvalidOtlpError && error.reason !== 'json') throw error;
    return undefined;
  }
};

const START = new RegExp(`^\\{\\s*"(?:${ENVELOPE_MARKER}|_otel|resource(?:Spans|Metrics|Logs))"`);
const TAIL = /^[A-Za-z0-9+/=]*","base64":true[,}]/;
const EMBEDDED = `{"${ENVELOPE_MARKER}":"`;

/**
 * Text that is no JSON object may still be telemetry: what starts or ends like it was cut by the platform, and an envelope in the
 * middle of other text is not guessed at.
 */
const refuseRemains = (text: string): void => {
  if (START.test(text) || TAIL.test(text))
    throw new InvalidOtlpError('truncated', 'the line was cut: write shorter lines');
  if (text.includes(EMBEDDED))
    throw new InvalidOtlpError('envelope', 'an envelope inside other text: print it on a line of its own');
};

/**
 * The JSON object a log line carries, taken out of what Lambda wraps around `console` output: a text prefix, or
 * `{"timestamp":…,"level":…,"message":…}` with the line as a string or an object. `undefined` when it carries none.
 *
 * @param claims whether an object is what the caller looks for; decides between the line and the message in it.
 * @param parse `parseOtlpJson` where 64-bit integers may stand in the line itself.
 * @throws {InvalidOtlpError} `truncated` for a fragment of telemetry, `envelope` for one inside other text, `too_large` or `too_deep` for what no line can hold.
 */
export const parseLogLine = (
  line: string,
  claims: (value: LogLine['value']) => boolean,
  parse: (text: string) => unknown = parseBounded,
): LogLine | undefined => {
  const text = line.trim().replace(TEXT_PREFIX, '');
  const value = attempt(text, parse);
  if (!isObject(value)) {
    refuseRemains(text);
    return undefined;
  }
  if (claims(value)) return { value, text };
  const { message } = value;
  if (typeof message === 'string') {
    const inner = message.trim();
    const parsed = attempt(inner, parse);
    if (isObject(parsed)) return claims(parsed) ? { value: parsed, text: inner } : undefined;
    refuseRemains(inner);
    return undefined;
  }
  return isObject(message) && claims(message) ? { value: message, text } : undefined;
};
