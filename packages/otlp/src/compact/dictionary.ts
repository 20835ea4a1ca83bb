import { DICTIONARY_1 } from './dictionary-1.ts';

/** What zlib writes into a stream to say which dictionary it was made with: its Adler-32 (RFC 1950, DICTID). */
export const DICTIONARY_ID = 0xb55d3fb2;

/** A name of the semantic conventions, and the value it often has. */
const ATTRIBUTE = /^([a-z0-9_]+(?:\.[a-z0-9_]+)+)(?:=(.+))?$/;

/** An attribute as protobuf writes it, so that one match covers name, tags and lengths; without a value it ends where that begins. */
const attribute = (name: string, value: string | undefined): string => {
  const key = `\n${String.fromCharCode(name.length)}${name}\x12`;
  return value === undefined
    ? key
    : `${key}${String.fromCharCode(value.length + 2)}\n${String.fromCharCode(value.length)}${value}`;
};

/** What stands between the strings of most spans and log records: ids' tags and lengths, counts of nothing, an unset status, flags. */
const FRAMES = '1201310a0012100012020a0010011202180030015000600070007a02180170007a02180085010101000030023003' as const;

/** Bounds of histograms: the default of the SDK, and what the semantic conventions advise for durations of HTTP requests in seconds. */
const BOUNDS: readonly (readonly number[])[] = [
  [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000],
  [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
];

let dictionary: Buffer | undefined;

/** The bytes of the current dictionary, made on first use. */
export const compactDictionary = (): Buffer =>
  (dictionary ??= Buffer.concat([
    ...BOUNDS.map((bounds) => Buffer.from(Float64Array.from(bounds).buffer)),
    ...DICTIONARY_1.trim()
      .split(/[|\n]/)
      .map((entry) => {
        const match = ATTRIBUTE.exec(entry);
        return Buffer.from(match?.[1] === undefined ? entry : attribute(match[1], match[2]), 'latin1');
      }),
    Buffer.from(FRAMES, 'hex'),
  ]));
