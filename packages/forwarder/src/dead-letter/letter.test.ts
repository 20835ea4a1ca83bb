import { gzipSync } from 'node:zlib';
import { gzip, InvalidOtlpError, parseRequest, SIGNALS } from '@serverless-otlp/otlp';
import { arbitraryRequest, protobufjsOracle, sampleBytes } from '@serverless-otlp/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LetterHeader, peekLetter, readLetter, requestIn, sha256Of, writeLetter } from './letter.ts';

type Given = Omit<LetterHeader, 'version' | 'encoding'>;

const CONTENT = sampleBytes('traces', { items: 20 });
const headerOf = (content: Uint8Array, over: Partial<Given> = {}): Given => ({
  content: 'request',
  destination: 'otlp_http/eu',
  signal: 'traces',
  items: 20,
  bytes: content.length,
  sha256: sha256Of(content),
  reason: 'collector.example answered 503',
  attempts: 1,
  storedAt: '2026-11-20T18:13:21.000Z',
  firstEventAt: '2026-11-20T18:13:20.123Z',
  source: { owner: '123456789012', log_group: '/aws/lambda/shop', log_stream: '2026/11/20/[$LATEST]abc' },
  ...over,
});
const written = writeLetter(headerOf(CONTENT), CONTENT);

/** A letter whose header says something else; `undefined` takes the field away. */
const claiming = (over: object, content: Uint8Array = gzip(CONTENT)): Uint8Array => {
  const header = { version: 1, ...headerOf(CONTENT), encoding: 'gzip', ...over };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), content]);
};
const refusalOf = (object: Uint8Array): InvalidOtlpError => {
  try {
    readLetter(object);
  } catch (error) {
    if (error instanceof InvalidOtlpError) return error;
    throw error;
  }
  throw new Error('it was read');
};

describe('a letter', () => {
  it('D22: is one line of JSON that says what it is, and the content in gzip', () => {
    const end = written.indexOf(0x0a);
    expect(JSON.parse(Buffer.from(written.subarray(0, end)).toString())).toEqual({
      version: 1,
      ...headerOf(CONTENT),
      encoding: 'gzip',
    });
    expect(written.length).toBeLessThan(CONTENT.length);
  });

  it('D22: is read again as it was written', () => {
    const { header, content } = readLetter(written);
    expect(header).toEqual({ version: 1, ...headerOf(CONTENT), encoding: 'gzip' });
    expect(Buffer.from(content).equals(CONTENT)).toBe(true);
    expect(requestIn({ header, content }).items).toBe(20);
  });

  it('D22: is not made larger by compression', () => {
    for (const content of [new Uint8Array(0), Uint8Array.of(1), Uint8Array.of(1, 2, 3)]) {
      const letter = writeLetter(headerOf(content), content);
      expect(peekLetter(letter).header.encoding).toBe('identity');
      expect(readLetter(letter).content).toHaveLength(content.length);
    }
  });

  it('takes gzip that somebody has already', () => {
    const packed = gzip(CONTENT, 9);
    const letter = writeLetter(headerOf(CONTENT), CONTENT, packed);
    expect(Buffer.from(letter).subarray(-packed.length).equals(packed)).toBe(true);
    expect(Buffer.from(readLetter(letter).content).equals(CONTENT)).toBe(true);
  });

  it('D22: says so before its content is opened', () => {
    const broken = Buffer.concat([written.subarray(0, written.indexOf(0x0a) + 1), Buffer.from('damaged')]);
    const sealed = peekLetter(broken);
    expect(sealed.header).toMatchObject({ destination: 'otlp_http/eu', items: 20 });
    expect(() => sealed.open()).toThrow(InvalidOtlpError);
  });

  it('D22: of any request, with any words, is read again as it was written', () => {
    const word = fc.string({ unit: 'binary', maxLength: 40 });
    const given = fc.constantFrom(...SIGNALS).chain((signal) =>
      fc.record({
        signal: fc.constant(signal),
        request: arbitraryRequest(signal),
        reason: word,
        destination: word,
        source: fc.dictionary(word, word),
        attempts: fc.nat(),
        bisect: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(given, ({ signal, request, bisect, ...words }) => {
        const bytes = protobufjsOracle.encode(signal, request);
        const header = headerOf(bytes, { signal, ...words, ...(bisect ? { bisect } : {}) });
        const letter = readLetter(writeLetter(header, bytes));
        const { encoding } = letter.header;
        expect(letter.header).toEqual(JSON.parse(JSON.stringify({ version: 1, ...header, encoding })));
        expect(Buffer.from(letter.content).equals(bytes)).toBe(true);
        expect(requestIn(letter).items).toBe(parseRequest(signal, bytes).items);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what is no letter', () => {
  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['text', Buffer.from('hello')],
    ['a line feed', Buffer.from('\n')],
    ['no JSON', Buffer.from('{"version":1,\n')],
    ['null', Buffer.from('null\n')],
    ['a list', Buffer.from('[]\n')],
    ['a number', Buffer.from('1\n')],
    ['bytes', Buffer.from([0xff, 0xfe, 0x0a])],
    ['a header without end', Buffer.from(`{"version":1,"reason":"${'x'.repeat(300_000)}"}`)],
    ['a header of megabytes', Buffer.from(`{"version":1,"reason":"${'x'.repeat(300_000)}"}\n`)],
    ['nested without end', Buffer.from(`${'['.repeat(100_000)}\n`)],
  ])('D18: %s is refused, without a quote', (_what, object) => {
    expect(refusalOf(object).message).toMatch(/^not a dead letter: /);
    expect(refusalOf(object).message).not.toContain('hello');
  });

  it.each<[string, object]>([
    ['a newer version', { version: 2 }],
    ['an older version', { version: 0 }],
    ['a version in words', { version: '1' }],
    ['no content', { content: undefined }],
    ['another content', { content: 'line' }],
    ['no signal', { signal: undefined }],
    ['an unknown signal', { signal: 'profiles' }],
    ['a signal of the prototype', { signal: 'constructor' }],
    ['another encoding', { encoding: 'zstd' }],
    ['no size', { bytes: undefined }],
    ['a negative size', { bytes: -1 }],
    ['a size in words', { bytes: '20' }],
    ['half a byte', { bytes: 0.5 }],
    ['a size beyond numbers', { bytes: 2 ** 60 }],
    ['no attempts', { attempts: undefined }],
    ['negative attempts', { attempts: -1 }],
    ['items in words', { items: 'many' }],
    ['no digest', { sha256: undefined }],
    ['a digest that is none', { sha256: 7 }],
    ['no reason', { reason: undefined }],
    ['a destination that is none', { destination: { a: 1 } }],
    ['no time', { storedAt: undefined }],
    ['a time that is none', { firstEventAt: 'yesterday' }],
    ['a time to wait for that is none', { notBefore: 'tomorrow' }],
    ['a mark that is none', { bisect: 'yes' }],
    ['no source', { source: undefined }],
    ['a source that is none', { source: null }],
    ['a source in words', { source: 'prod' }],
    ['a source of other than text', { source: { owner: 1 } }],
  ])('D18, D22: with %s is refused, and left alone', (_what, over) => {
    expect(refusalOf(claiming(over)).message).toBe(
      'not a dead letter: its header lacks something, or is of a newer version',
    );
  });

  it('D18: that was cut anywhere is refused', () => {
    for (let length = 0; length < written.length; length += 7)
      expect(refusalOf(written.subarray(0, length))).toBeInstanceOf(InvalidOtlpError);
  });

  it('D18: with one byte changed is refused, or reads the same content', () => {
    const object = Buffer.from(written);
    const start = object.indexOf(0x0a) + 1;
    for (let at = start; at < object.length; at++) {
      const damaged = Buffer.from(object);
      damaged[at] = (damaged[at] ?? 0) ^ 0x41;
      try {
        // A few bits of gzip (its time, its system) mean nothing.
        expect(Buffer.from(readLetter(damaged).content).equals(CONTENT)).toBe(true);
      } catch (error) {
        if (!(error instanceof InvalidOtlpError)) throw error;
      }
    }
  });

  it('D18: with the content of another is refused', () => {
    const other = sampleBytes('traces', { items: 20, seed: 2 });
    expect(refusalOf(claiming({}, gzip(other))).message).toMatch(/damaged|more than/);
    expect(refusalOf(claiming({ bytes: other.length }, gzip(other))).message).toContain('its checksum differs');
    expect(refusalOf(claiming({ encoding: 'identity' }, other)).message).toContain('its checksum differs');
  });

  it('D17: a bomb is stopped at what its header says, and at 32 MiB whatever that says, in little time', () => {
    const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024));
    const began = performance.now();
    for (const bytes of [0, 1, CONTENT.length, 256 * 1024 * 1024, Number.MAX_SAFE_INTEGER])
      expect(refusalOf(claiming({ bytes }, bomb)).reason).toBe('too_large');
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it('D17: the largest that one invocation can have is read again', () => {
    const content = Buffer.alloc(32 * 1024 * 1024);
    const header = headerOf(content, { content: 'lines', bytes: content.length });
    expect(readLetter(writeLetter(header, content)).content).toHaveLength(content.length);
    const larger = Buffer.alloc(content.length + 1);
    const letter = writeLetter({ ...header, bytes: larger.length, sha256: sha256Of(larger) }, larger);
    expect(refusalOf(letter).reason).toBe('too_large');
  });
});

describe('the request in a letter', () => {
  it('D18: is validated before it is merged with others', () => {
    for (const content of [
      Buffer.from([0xff]),
      Buffer.from('no protobuf at all'),
      Buffer.from([0x0a, 0x02, 0x0a, 0x09]),
    ]) {
      const letter = readLetter(writeLetter(headerOf(content), content));
      expect(() => requestIn(letter)).toThrow(InvalidOtlpError);
    }
  });

  it('is not one where lines are', () => {
    const { signal: _signal, ...lines } = headerOf(CONTENT, { content: 'lines' });
    const letter = readLetter(writeLetter(lines, CONTENT));
    expect(() => requestIn(letter)).toThrow('it holds no request');
  });
});
