/** A 64-bit integer as two unsigned 32-bit halves: what the wire holds, and much cheaper than a BigInt. */
export interface Halves {
  high: number;
  low: number;
}

const TWO_32 = 2 ** 32;
const BILLION = 1e9;

/** The decimal digits of an unsigned 64-bit integer. */
export const formatUint64 = (high: number, low: number): string => {
  if (high < 0x200000) return String(high * TWO_32 + low);
  // Long division by 10^9 in steps of 16 bits: every intermediate value stays below 2^53.
  const q2 = Math.floor(high / BILLION);
  const r2 = (high - q2 * BILLION) * 0x10000 + (low >>> 16);
  const q1 = Math.floor(r2 / BILLION);
  const r1 = (r2 - q1 * BILLION) * 0x10000 + (low & 0xffff);
  const q0 = Math.floor(r1 / BILLION);
  const rest = String(BILLION + (r1 - q0 * BILLION));
  return String(q2 * TWO_32 + q1 * 0x10000 + q0) + rest.slice(1);
};

/** The decimal digits of a signed 64-bit integer in two's complement. */
export const formatInt64 = (high: number, low: number): string =>
  high < 0x80000000 ? formatUint64(high, low) : `-${formatUint64((~high + (low === 0 ? 1 : 0)) >>> 0, -low >>> 0)}`;

/**
 * Reads a 64-bit integer as OTLP/JSON writes it (rule J5): decimal digits in a string; leniently also a number or bigint.
 * A number must be a safe integer: a larger one has lost digits already.
 *
 * @returns false, with `out` undefined in content, when the value is not an integer of this range.
 */
export const parseInt64 = (value: unknown, signed: boolean, out: Halves): boolean => {
  if (typeof value === 'string') return parseDecimal(value, signed, out);
  if (typeof value === 'number') {
    out.high = Math.floor(value / TWO_32) >>> 0;
    out.low = value >>> 0;
    return Number.isSafeInteger(value) && (signed || value >= 0);
  }
  return typeof value === 'bigint' && parseDecimal(String(value), signed, out);
};

const parseDecimal = (text: string, signed: boolean, out: Halves): boolean => {
  const negative = signed && text.startsWith('-');
  const start = negative ? 1 : 0;
  let high = 0;
  let low = 0;
  let head = 0;
  // The first 15 digits fit a double exactly; only the last few of a timestamp need two halves.
  const headEnd = Math.min(text.length, start + 15);
  for (let i = start; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return false;
    if (i < headEnd) {
      head = head * 10 + digit;
      if (i < headEnd - 1) continue;
      high = Math.floor(head / TWO_32);
      low = head >>> 0;
    } else {
      const sum = low * 10 + digit;
      high = high * 10 + Math.floor(sum / TWO_32);
      low = sum >>> 0;
      if (high >= TWO_32) return false;
    }
  }
  if (negative) {
    if (high > 0x80000000 || (high === 0x80000000 && low !== 0)) return false;
    high = (~high + (low === 0 ? 1 : 0)) >>> 0;
    low = -low >>> 0;
  } else if (signed && high > 0x7fffffff) return false;
  out.high = high;
  out.low = low;
  return text.length > start;
};
