/** Which ids were seen. Remembers so many and then forgets the oldest, so that memory is bounded whatever comes. */
export interface KnownIds {
  /** Whether the id is new; remembers it. */
  add(id: string): boolean;
}

/** Nothing seen yet. */
export const createKnownIds = (maxIds: number): KnownIds => {
  const ids = new Set<string>();
  return {
    add: (id) => {
      if (ids.has(id)) return false;
      ids.add(id);
      if (ids.size > maxIds) {
        const oldest = ids.values().next();
        if (oldest.done !== true) ids.delete(oldest.value);
      }
      return true;
    },
  };
};
