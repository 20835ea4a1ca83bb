/** A stream of pseudo-random numbers that depends on nothing but its seed. */
export interface Random {
  /** An integer from 0 up to, not including, `bound`; 0 for a bound of 0. */
  below(bound: number): number;
}

/** FNV-1a over the parts: one number for a run, a target and an iteration. */
export const hashOf = (...parts: readonly (string | number)[]): number => {
  let hash = 0x811c9dc5;
  for (const char of parts.join('\0')) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
};

/** mulberry32: 32 bits of state are plenty for choosing mutations, and it starts at no cost. */
export const randomOf = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return { below: (bound) => (bound <= 0 ? 0 : Math.floor((next() / 0x1_0000_0000) * bound)) };
};
