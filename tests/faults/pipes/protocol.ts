/** What a writer is told on its command line. */
export interface WriterOrder {
  readonly lines: number;
  /** How long a write waits for the reader. */
  readonly maxWaitMs: number;
  /** Bytes of every seventh request that do not compress; the others are small. */
  readonly largeBytes?: number;
  /** It stops after each so many lines, says how many it has written, and goes on when it is told to. */
  readonly stopEvery?: number;
  /** It says how many it has written after each so many lines, and does not stop. */
  readonly sayEvery?: number;
  /** At the end it tries until the reader takes a line again. */
  readonly untilHeard?: boolean;
}

/** What a writer says on descriptor 3, one JSON text a line. */
export interface Progress {
  readonly attempts: number;
  readonly written: number;
  readonly dropped: number;
  readonly done: boolean;
}

/** How a reader reads. */
export interface ReaderOrder {
  /** A file or a named pipe; standard input without it. Set by the stage. */
  readonly path?: string;
  /** It sleeps so long after each so many bytes. */
  readonly pauseMs: number;
  readonly pauseBytes: number;
  /** It begins when it is told to, by a byte on standard input. */
  readonly held?: boolean;
  /** As the writer was told. */
  readonly largeBytes?: number;
}

/** What a reader has found when there is nothing more to read. */
export interface Findings {
  /** Lines that are envelopes of the request of their number. */
  readonly lines: number;
  /** Sum of what lines say was dropped before them. */
  readonly droppedSaid: number;
  /** The number of the last line. */
  readonly last: number;
  /** Lines that are no envelope, hold another request, or do not have the number that the one before and `dropped` lead to. */
  readonly wrong: readonly string[];
  /** Bytes after the last line feed. */
  readonly rest: number;
}
