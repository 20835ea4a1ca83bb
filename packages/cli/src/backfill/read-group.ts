import type { Ask } from './ask.ts';
import { Interrupted } from './backfill-error.ts';
import { type Chunk, type ChunkLimits, chunksOf } from './chunks.ts';
import type { Clock } from '../clock.ts';
import { createKnownIds } from './known-ids.ts';
import type { LogsApi, StoredLine, Window } from './logs-api.ts';
import { createPace } from './pace.ts';
import { pagesOf } from './pages.ts';

/** What is held at once: much less than a small machine has, much more than a page. */
const CHUNK_LIMITS: ChunkLimits = { maxLines: 20_000, maxBytes: 8 * 1024 * 1024 };

/**
 * How many ids are remembered. Windows hold fewer, unless one single millisecond does not: lines of it that come twice from
 * CloudWatch Logs, more than so many lines apart, are then sent twice.
 */
const MAX_KNOWN_IDS = 200_000;

/** A log group and how to read it. */
export interface GroupSource {
  readonly api: LogsApi;
  /** Name or ARN. */
  readonly logGroup: string;
  /**
   * Absent: all lines. A pattern would spare most of them, but how CloudWatch Logs finds words behind the backslashes of wrapped
   * lines is nowhere promised, and the second half of a line that was cut has none of our words. To miss nothing is the point here.
   */
  readonly filterPattern?: string;
}

/** What {@link readGroup} reads, and whom it gives it to. */
export interface ReadOptions {
  readonly ask: Ask;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly limits?: ChunkLimits;
  /** Width of the first window. */
  readonly firstWidthMs?: number;
  /** Settles lines of a window. */
  readonly take: (lines: readonly StoredLine[], window: Window) => Promise<void>;
  /** All lines of the window are settled. */
  readonly done: (window: Window) => Promise<void>;
}

/**
 * Reads a log group from end to end of the times, window by window, each line once. A window that holds too much is given up for a
 * narrower one before anything of it was settled; only one that cannot be narrowed, a millisecond, is settled in pieces.
 *
 * @throws {Interrupted} when the signal is aborted.
 */
export const readGroup = async (
  { api, logGroup, filterPattern }: GroupSource,
  { fromMs, toMs: untilMs }: Window,
  { ask, clock, signal, limits = CHUNK_LIMITS, firstWidthMs, take, done }: ReadOptions,
): Promise<void> => {
  const pace = createPace(limits, firstWidthMs);
  const subject = { action: 'logs:FilterLogEvents', logGroup, place: api.place };

  /** @returns whether the window was settled; else it has to be read again in parts. */
  const settle = async (window: Window): Promise<boolean> => {
    const request = { logGroup, ...window, ...(filterPattern === undefined ? {} : { filterPattern }) };
    const pages = pagesOf(request, { api, ask, subject, clock, signal });
    let whole: Chunk | undefined;
    for await (const chunk of chunksOf(pages, window, limits, createKnownIds(MAX_KNOWN_IDS))) {
      if (!chunk.last && window.toMs - window.fromMs > 1) {
        pace.overflowed(window, chunk);
        return false;
      }
      await take(chunk.lines, window);
      if (signal.aborted) throw new Interrupted();
      whole = chunk;
    }
    if (whole !== undefined) pace.fitted(window, whole);
    return true;
  };

  for (let atMs = fromMs; atMs < untilMs;) {
    if (signal.aborted) throw new Interrupted();
    const window = pace.window(atMs, untilMs);
    if (!(await settle(window))) continue;
    await done(window);
    atMs = window.toMs;
  }
};
