import type { Chunk, ChunkLimits } from './chunks.ts';
import type { Window } from './logs-api.ts';

/** How long the next window is: long where little was logged, short where much was. */
export interface Pace {
  /** The window that begins there, at least 1 ms long. */
  window(fromMs: number, untilMs: number): Window;
  /** The window was read whole. */
  fitted(window: Window, chunk: Chunk): void;
  /** The window holds more than is held at once. */
  overflowed(window: Window, chunk: Chunk): void;
}

const FIRST_WIDTH_MS = 15 * 60_000;
/** Windows aim at this part of the limits, so that few overflow and are read twice. */
const AIM = 0.5;
const MAX_GROWTH = 4;

/** @param firstWidthMs of the first window: that of the window an interruption left. */
export const createPace = ({ maxLines, maxBytes }: ChunkLimits, firstWidthMs: number = FIRST_WIDTH_MS): Pace => {
  let widthMs = Math.max(1, firstWidthMs);
  return {
    window: (fromMs, untilMs) => ({ fromMs, toMs: Math.min(untilMs, fromMs + widthMs) }),
    fitted: ({ fromMs, toMs }, { lines, bytes }) => {
      const full = Math.max(lines.length / maxLines, bytes / maxBytes);
      const growth = full === 0 ? MAX_GROWTH : Math.min(MAX_GROWTH, AIM / full);
      widthMs = Math.max(1, Math.floor((toMs - fromMs) * growth));
    },
    overflowed: ({ fromMs, toMs }, { newestMs }) => {
      // Lines come oldest first, so those below the newest are all there; half the window bounds the steps if they do not.
      widthMs = Math.max(1, Math.min(newestMs - fromMs, Math.floor((toMs - fromMs) / 2)));
    },
  };
};
