import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;

/** Resolves to the first value of `probe` that is not `undefined`; rejects, naming what was awaited, after `timeoutMs`. */
export const waitFor = async <T>(
  what: string,
  timeoutMs: number,
  probe: () => T | undefined | Promise<T | undefined>,
): Promise<T> => {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() >= end) throw new Error(`${what}: nothing within ${timeoutMs} ms`);
    await sleep(POLL_MS);
  }
};

/** What `promise` settles to, or a rejection that names what was awaited after `timeoutMs`. */
export const within = async <T>(what: string, timeoutMs: number, promise: Promise<T>): Promise<T> => {
  const patience = new AbortController();
  const tooLate = sleep(timeoutMs, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`${what}: nothing within ${timeoutMs} ms`);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    patience.abort();
    tooLate.catch(() => undefined);
  }
};

/** A promise that is settled from outside. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

/** An unsettled promise together with what resolves it. */
export const deferred = <T>(): Deferred<T> => {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
};
