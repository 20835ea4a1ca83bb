import type { Random } from './random.ts';

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

/** Bytes that sit on the edges of varints, lengths, UTF-8, JSON and base64. */
const EDGES = [
  0x00, 0x01, 0x07, 0x0a, 0x20, 0x22, 0x2b, 0x5b, 0x5c, 0x7b, 0x7d, 0x7f, 0x80, 0x81, 0xc0, 0xed, 0xf4, 0xff,
];

const splice = (bytes: Uint8Array, at: number, removed: number, put: Uint8Array): Uint8Array => {
  const tail = bytes.subarray(Math.min(bytes.length, at + removed));
  const result = new Uint8Array(at + put.length + tail.length);
  result.set(bytes.subarray(0, at));
  result.set(put, at);
  result.set(tail, at + put.length);
  return result;
};

const withByte = (bytes: Uint8Array, at: number, value: number): Uint8Array =>
  bytes.length === 0 ? Uint8Array.of(value) : bytes.with(at, value);

const slice = (bytes: Uint8Array, random: Random): Uint8Array => {
  const at = random.below(bytes.length);
  return bytes.subarray(at, at + 1 + random.below(Math.min(64, bytes.length)));
};

const noise = (random: Random): Uint8Array =>
  Uint8Array.from({ length: 1 + random.below(16) }, () => random.below(256));

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => {
    const at = random.below(bytes.length);
    return withByte(bytes, at, (bytes[at] ?? 0) ^ (1 << random.below(8)));
  },
  (bytes, random) => withByte(bytes, random.below(bytes.length), EDGES[random.below(EDGES.length)] ?? 0),
  (bytes, random) => withByte(bytes, random.below(bytes.length), random.below(256)),
  (bytes, random) => splice(bytes, random.below(bytes.length), 0, noise(random)),
  (bytes, random) => splice(bytes, random.below(bytes.length), 1 + random.below(16), new Uint8Array()),
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, random) => splice(bytes, random.below(bytes.length), 0, slice(bytes, random)),
  (bytes, random, other) => splice(bytes, random.below(bytes.length), random.below(32), slice(other, random)),
  (bytes, random) => splice(bytes, random.below(bytes.length), 0, new Uint8Array(1 + random.below(12)).fill(0xff)),
];

/**
 * A new input out of the seeds: usually one of them after a few mutations, sometimes plain noise.
 *
 * The same random stream and seeds always give the same input, so that a finding is replayed by its number alone.
 */
export const inputFrom = (random: Random, seeds: readonly Uint8Array[]): Uint8Array => {
  const pick = (): Uint8Array => seeds[random.below(seeds.length)] ?? new Uint8Array();
  if (seeds.length === 0 || random.below(32) === 0) {
    return Uint8Array.from({ length: random.below(256) }, () => random.below(256));
  }
  let bytes = pick();
  const rounds = 1 + random.below(8);
  for (let round = 0; round < rounds; round += 1) {
    const mutation = MUTATIONS[random.below(MUTATIONS.length)];
    if (mutation !== undefined) bytes = mutation(bytes, random, pick());
  }
  // A copy: a target must not be able to damage a seed by writing into its input.
  return bytes.slice();
};
