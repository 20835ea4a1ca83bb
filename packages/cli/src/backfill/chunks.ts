import { billedBytes } from '../forward/subscription-event.ts';
import type { KnownIds } from './known-ids.ts';
import type { StoredLine, Window } from './logs-api.ts';

/** How much of a window is held at once. */
export interface ChunkLimits {
  readonly maxLines: number;
  readonly maxBytes: number;
}

/** Some lines of a window: all there are, or as many as are held at once. */
export interface Chunk {
  readonly lines: readonly StoredLine[];
  readonly bytes: number;
  /** Whether nothing follows. */
  readonly last: boolean;
  /** Time of the newest line so far; the start of the window when there is none. */
  readonly newestMs: number;
}

/** What a line counts, in bytes. */
export const bytesOfLine = ({ message }: StoredLine): number => billedBytes(Buffer.byteLength(message));

/**
 * The lines of a window, each once, in chunks of a little more than the limits at most (by a page). Lines beyond the window belong
 * to another one: windows never overlap.
 */
export async function* chunksOf(
  pages: AsyncIterable<readonly StoredLine[]>,
  { fromMs, toMs }: Window,
  { maxLines, maxBytes }: ChunkLimits,
  known: KnownIds,
): AsyncGenerator<Chunk, void> {
  let lines: StoredLine[] = [];
  let bytes = 0;
  let newestMs = fromMs;
  for await (const page of pages) {
    // Only when more comes is it certain that the chunk is not the last.
    if (lines.length >= maxLines || bytes >= maxBytes) {
      yield { lines, bytes, last: false, newestMs };
      [lines, bytes] = [[], 0];
    }
    for (const line of page) {
      if (line.timestamp < fromMs || line.timestamp >= toMs || !known.add(line.id)) continue;
      lines.push(line);
      bytes += bytesOfLine(line);
      newestMs = Math.max(newestMs, line.timestamp);
    }
  }
  yield { lines, bytes, last: true, newestMs };
}
