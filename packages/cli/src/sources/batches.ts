/** Limits of a batch. */
export interface BatchLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
  /** How long the first item of a batch waits for company. */
  readonly maxWaitMs: number;
}

const TIMEOUT = Symbol('timeout');

const waiting = async <T>(next: Promise<T>, ms: number): Promise<T | typeof TIMEOUT> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<typeof TIMEOUT>((resolve) => {
    timer = setTimeout(() => resolve(TIMEOUT), ms);
  });
  try {
    return await Promise.race([next, timeout]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * Packs items into batches within the limits, in order; an item over `maxBytes` travels alone. Reads at most one chunk ahead of
 * whoever takes the batches, so a slow taker slows the source down.
 */
export async function* batchesOf<T>(
  chunks: AsyncIterable<readonly T[]>,
  bytesOf: (item: T) => number,
  { maxItems, maxBytes, maxWaitMs }: BatchLimits,
): AsyncGenerator<readonly T[], void> {
  const iterator = chunks[Symbol.asyncIterator]();
  let batch: T[] = [];
  let bytes = 0;
  let since = 0;
  let next = iterator.next();
  for (;;) {
    const result =
      batch.length === 0 ? await next : await waiting(next, Math.max(0, since + maxWaitMs - performance.now()));
    if (result === TIMEOUT || result.done === true) {
      if (batch.length > 0) yield batch;
      [batch, bytes] = [[], 0];
      if (result === TIMEOUT) continue;
      return;
    }
    for (const item of result.value) {
      const size = bytesOf(item);
      if (batch.length > 0 && (batch.length >= maxItems || bytes + size > maxBytes)) {
        yield batch;
        [batch, bytes] = [[], 0];
      }
      if (batch.length === 0) since = performance.now();
      batch.push(item);
      bytes += size;
    }
    next = iterator.next();
  }
}
