import type { Writable } from 'node:stream';

/** Writes that respect a slow reader and survive one that went away. */
export interface Output {
  /** Resolves when the data has been handed on. After the reader went away, writes are dropped. */
  write(data: string | Uint8Array): Promise<void>;
  /** How many bytes wait for a slow reader. */
  readonly backlogBytes: number;
  /** Aborted when the reader went away, as `head` does. */
  readonly closed: AbortSignal;
}

/** A reader that went away had enough; every other error means that something was not written. */
const GONE: readonly unknown[] = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];

/** What became of outputs; streams such as `process.stdout` forget it. */
const lost = new WeakMap<Writable, NodeJS.ErrnoException>();

/** Why a stream lost what was written to it; `undefined` when it did not, or nobody was there any more to read it. */
export const whyLost = (stream: Writable): string | undefined => {
  const error = lost.get(stream);
  return error === undefined || GONE.includes(error.code) ? undefined : error.message;
};

/** An output over a stream such as `process.stdout`. */
export const outputTo = (stream: Writable): Output => {
  const closed = new AbortController();
  // EPIPE comes to the callback of the write and to this event; without a listener it would end the process.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    lost.set(stream, error);
    closed.abort();
  });
  return {
    closed: closed.signal,
    get backlogBytes() {
      return stream.writableLength;
    },
    write: (data) =>
      new Promise((resolve) => {
        if (closed.signal.aborted) resolve();
        else stream.write(data, () => resolve());
      }),
  };
};
