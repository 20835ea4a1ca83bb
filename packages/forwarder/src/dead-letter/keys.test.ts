import { SIGNALS } from '@serverless-otlp/otlp';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundedTime,
  destinationOf,
  letterKey,
  type LetterKey,
  letterPrefix,
  LETTER_STATES,
  parseLetterKey,
} from './keys.ts';
import { isKey } from './store-key.ts';

const SHA = 'ab'.repeat(32);
const TIME_MS = Date.UTC(2026, 10, 20, 18, 13, 20, 123);
const keyOf = (over: Partial<LetterKey> = {}): string =>
  letterKey({ state: 'pending', destination: 'otlp_http', kind: 'traces', timeMs: TIME_MS, sha256: SHA, ...over });

/** Ids nobody sane would choose, and every store has to live with. */
const HOSTILE_IDS: readonly string[] = [
  'otlp_http/eu',
  'otlp_http/../../etc',
  '.',
  '..',
  '...',
  'a b',
  'a%2Fb',
  '%',
  '%zz',
  'a\\b',
  'a\nb',
  'a\0b',
  '"<&>\'',
  '#?&=+',
  'é',
  'e\u0301',
  '😀',
  '__proto__',
  'pending',
];

describe('the key of a letter', () => {
  it('D22: is state, destination, signal, time and digest', () => {
    expect(keyOf()).toBe(`pending/otlp_http/traces/20261120T181320.123Z/${SHA}`);
    expect(keyOf({ state: 'quarantine', destination: 'lines', kind: 'too_large' })).toBe(
      `quarantine/lines/too_large/20261120T181320.123Z/${SHA}`,
    );
    expect(keyOf().startsWith(letterPrefix('pending', 'otlp_http'))).toBe(true);
  });

  it('D22: sorts by age, from 1970 to 9999', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 253_402_300_799_999 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(times, (all) => {
        const keys = all.map((timeMs) => keyOf({ timeMs }));
        const byAge = [...all].sort((a, b) => a - b).map((timeMs) => keyOf({ timeMs }));
        expect([...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))).toEqual(byAge);
      }),
    );
  });

  it.each([
    [-1, 0],
    [-Infinity, 0],
    [NaN, 0],
    [0.9, 0],
    [253_402_300_800_000, 253_402_300_799_999],
    [1e300, 253_402_300_799_999],
    [Infinity, 253_402_300_799_999],
    [TIME_MS + 0.5, TIME_MS],
  ])('D22: has a time for %d, whatever a source claims', (timeMs, expected) => {
    expect(boundedTime(timeMs)).toBe(expected);
    expect(parseLetterKey(keyOf({ timeMs }))?.timeMs).toBe(expected);
  });

  it.each(HOSTILE_IDS)('D22: keeps the id %j in one segment, and tells it again', (destination) => {
    const key = keyOf({ destination });
    expect(key.split('/')).toHaveLength(5);
    expect(isKey(key)).toBe(true);
    expect(parseLetterKey(key)).toEqual({
      state: 'pending',
      destination,
      kind: 'traces',
      timeMs: TIME_MS,
      sha256: SHA,
    });
    const [, segment = ''] = key.split('/');
    expect(destinationOf(segment)).toBe(destination);
  });

  it('D22: half a character in an id is no reason to lose telemetry', () => {
    const key = keyOf({ destination: 'a\ud800b' });
    expect(isKey(key)).toBe(true);
    expect(parseLetterKey(key)?.destination).toBe('a\ufffdb');
  });

  it('D22: says what went in, whatever that was', () => {
    const letters = fc.record({
      state: fc.constantFrom(...LETTER_STATES),
      destination: fc.oneof(fc.string({ minLength: 1, unit: 'binary' }), fc.constantFrom(...HOSTILE_IDS)),
      kind: fc.constantFrom(...SIGNALS, 'json', 'too_large', 'encoding_bug'),
      timeMs: fc.integer({ min: 0, max: 253_402_300_799_999 }),
      sha256: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    });
    fc.assert(
      fc.property(letters, (letter) => {
        const key = letterKey(letter);
        expect(parseLetterKey(key)).toEqual(letter);
        expect(key.startsWith(letterPrefix(letter.state, letter.destination))).toBe(true);
      }),
    );
  });

  it('D20: two destinations never share a prefix, not even by the beginning of their names', () => {
    const ids = fc.string({ minLength: 1, unit: 'binary', maxLength: 6 });
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        fc.pre(a !== b);
        expect(keyOf({ destination: a }).startsWith(letterPrefix('pending', b))).toBe(false);
      }),
    );
  });

  it.each([
    '',
    'pending',
    `pending//traces/20261120T181320.123Z/${SHA}`,
    `lost/otlp_http/traces/20261120T181320.123Z/${SHA}`,
    `pending/otlp_http/20261120T181320.123Z/${SHA}`,
    `pending/otlp_http/eu/traces/20261120T181320.123Z/${SHA}`,
    `pending/otlp_http/traces/20261120T181320Z/${SHA}`,
    `pending/otlp_http/traces/2026-11-20T18:13:20.123Z/${SHA}`,
    `pending/otlp_http/traces/20261320T181320.123Z/${SHA}`,
    `pending/otlp_http/traces/20260230T181320.123Z/${SHA}`,
    `pending/otlp_http/traces/20261120T240000.000Z/${SHA}`,
    `pending/otlp_http/traces/20261120T181320.123Z/${SHA.slice(1)}`,
    `pending/otlp_http/traces/20261120T181320.123Z/${SHA.toUpperCase()}`,
    `pending/otlp_http/traces/20261120T181320.123Z/${SHA}.tmp`,
    `pending/%6Ftlp_http/traces/20261120T181320.123Z/${SHA}`,
    `pending/%zz/traces/20261120T181320.123Z/${SHA}`,
    `/pending/otlp_http/traces/20261120T181320.123Z/${SHA}`,
    `pending/otlp_http/traces/20261120T181320.123Z/${SHA}\n`,
  ])('D22: %j was written by nobody here', (key) => {
    expect(parseLetterKey(key)).toBeUndefined();
  });

  it('D22: a segment that cannot be decoded is nobody’s', () => {
    expect(destinationOf('%')).toBeUndefined();
    expect(destinationOf('a%ff')).toBeUndefined();
  });

  it('D22: any text is a key that was written here, or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const key of [text, keyOf().replace('otlp_http', () => text), keyOf().replace('traces', () => text)]) {
          const parsed = parseLetterKey(key);
          if (parsed !== undefined) expect(letterKey(parsed)).toBe(key);
        }
      }),
    );
  });
});
