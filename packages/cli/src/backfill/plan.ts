import { EVENT_LIMITS, type LogEvent } from '../forward/subscription-event.ts';
import { bytesOfLine } from './chunks.ts';
import type { StoredLine } from './logs-api.ts';

/**
 * Much less than the {@link EVENT_LIMITS} of CloudWatch Logs, which never fills an event with lines that took days to come together:
 * what the lines of one event decompress to has to fit the forwarder's bounds (D17), or readable lines would be set aside.
 */
const MAX_EVENT_BYTES = EVENT_LIMITS.maxBytes / 4;

/** What goes into one subscription event: lines of one log stream. */
export interface PlannedEvent {
  readonly logStream: string;
  readonly logEvents: readonly LogEvent[];
}

const before = (a: StoredLine, b: StoredLine): number =>
  a.timestamp - b.timestamp || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/**
 * Packs lines into subscription events as CloudWatch Logs would: one log stream each, in order of time, within its limits; a line that is larger travels alone. The same
 * lines give the same events, in whatever order they were read.
 */
export const planOf = (lines: readonly StoredLine[]): readonly PlannedEvent[] => {
  const streams = new Map<string, StoredLine[]>();
  for (const line of lines.toSorted(before)) {
    const stream = streams.get(line.logStream);
    if (stream === undefined) streams.set(line.logStream, [line]);
    else stream.push(line);
  }
  const planned: PlannedEvent[] = [];
  for (const [logStream, own] of streams) {
    let logEvents: LogEvent[] = [];
    let bytes = 0;
    for (const line of own) {
      const size = bytesOfLine(line);
      if (logEvents.length >= EVENT_LIMITS.maxItems || (logEvents.length > 0 && bytes + size > MAX_EVENT_BYTES)) {
        planned.push({ logStream, logEvents });
        [logEvents, bytes] = [[], 0];
      }
      logEvents.push({ id: line.id, timestamp: line.timestamp, message: line.message });
      bytes += size;
    }
    planned.push({ logStream, logEvents });
  }
  return planned;
};
