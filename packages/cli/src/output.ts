/** Writes that respect a slow reader and survive one that went away. */
export interface Output {
  /** Resolves when the data has been handed on. After the reader went away, writes are dropped. */
  write(data: string | Uint8Array): Promise<void>;
  /** How many bytes wait for a slow reader. */
  readonly backlogBytes: number;
  /** Aborted when the reader went away, as `head` does. */
  readonly closed: AbortSignal;
}

/** An output over a stream such as `process.stdout`. */
export const outputTo = (stream: NodeJS.WriteStream): Output => {
  const closed = new AbortController();
  // EPIPE comes to the callback of the write and to this event; without a listener it would end the process.
  stream.on('error', () => closed.abort());
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
