/** A number for each item at each destination. There are half a million of them, and they are added up often. */
export interface ItemCounts {
  add(destination: string, id: number, by?: number): void;
  get(destination: string, id: number): number;
  /** Those that are not zero. */
  entries(): Iterable<readonly [destination: string, id: number, count: number]>;
}

/** All zero. */
export const itemCounts = (): ItemCounts => {
  const byDestination = new Map<string, Uint16Array>();

  const roomFor = (destination: string, id: number): Uint16Array => {
    const known = byDestination.get(destination) ?? new Uint16Array(1_024);
    if (id < known.length) {
      byDestination.set(destination, known);
      return known;
    }
    const larger = new Uint16Array(Math.max(id + 1, known.length * 2));
    larger.set(known);
    byDestination.set(destination, larger);
    return larger;
  };

  return {
    add: (destination, id, by = 1) => {
      const counts = roomFor(destination, id);
      counts[id] = (counts[id] ?? 0) + by;
    },
    get: (destination, id) => byDestination.get(destination)?.[id] ?? 0,
    *entries() {
      for (const [destination, counts] of byDestination)
        for (const [id, count] of counts.entries()) if (count > 0) yield [destination, id, count];
    },
  };
};
