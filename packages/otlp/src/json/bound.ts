import { InvalidOtlpError } from '../invalid-otlp-error.ts';

/**
 * The most values one JSON text may hold. A parser makes up to 60 bytes out of the two of `[]`: what decompresses harmlessly could
 * still fill a function's memory. Telemetry has a value per nine bytes: a log line of 1 MiB holds about 120 000.
 */
export const MAX_JSON_VALUES = 500_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/**
 * Refuses JSON with too many values before it is parsed: counts what begins one outside of strings, in one linear pass. Text too
 * short to hold so many costs nothing.
 *
 * @throws {InvalidOtlpError} `too_large`.
 */
export const checkJsonValues = (text: string, maxValues: number = MAX_JSON_VALUES): void => {
  if (text.length <= maxValues) return;
  let values = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      for (i++; i < text.length; i++) {
        const inner = text.charCodeAt(i);
        if (inner === QUOTE) break;
        if (inner === BACKSLASH) i++;
      }
    } else if (code === COMMA || (code | 0x20) === 0x7b) {
      // `{` and `[` differ in one bit
      if (++values > maxValues) throw new InvalidOtlpError('too_large', `more than ${maxValues} JSON values`);
    }
  }
};
