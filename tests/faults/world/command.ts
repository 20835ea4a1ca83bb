import type { ForwarderReport, InnerFaults, RedriveReport } from '../environment/protocol.ts';
import type { WorldEvent } from './events.ts';
import { isUnsure, type RequestRecord } from './record.ts';

/** One thing an environment was told to do, and everything that is known of it. */
export interface CommandRecord {
  readonly number: number;
  readonly kind: 'invoke' | 'redrive' | 'plan';
  readonly environment: string;
  readonly event?: WorldEvent;
  /** Keys of on-failure objects that were there when it began. */
  readonly failuresBefore: readonly string[];
  /** What was sent meanwhile. */
  readonly records: readonly RequestRecord[];
  /** `failed` is a handler that rejected. */
  readonly status: 'done' | 'failed' | 'killed' | 'timed out';
  readonly error?: string;
  readonly reports: readonly ForwarderReport[];
  readonly redrive?: RedriveReport;
  readonly hits: readonly (readonly [number, number, number])[];
  /** `<destination> <signal>` that this environment had no reason to spare. */
  readonly clean: ReadonlySet<string>;
  /** The longest time that environment or world did not answer because the machine was busy. */
  readonly stalledMs: number;
  /** Whether the store, or the file system below it, was out of order. */
  readonly storeBroken: boolean;
}

/** After a longer pause of this machine, an answer in time may be one too late. */
const MAX_STALL_MS = 500;

/** Whether the machine stood still for so long that what was answered in time may have come too late. */
export const hasStalled = ({ stalledMs }: CommandRecord): boolean => stalledMs > MAX_STALL_MS;

/** Whether the command may not know that what is in one of its requests was taken. */
export const mayNotKnow = (command: CommandRecord, record: RequestRecord): boolean =>
  isUnsure(record) || hasStalled(command);

/**
 * Items that were taken so that the command may not know, once for each time: it may send them again. Of a command that was killed, only
 * what it did send again: the last time is excused by the next start, or by what the store still holds.
 */
export function* unsureIn(command: CommandRecord): Generator<readonly [destination: string, id: number]> {
  const wasKilled = command.status === 'killed';
  const unsure = new Set<string>();
  for (const record of command.records) {
    const { destination, taken, rejected } = record;
    const isKnown = !mayNotKnow(command, record);
    if (isKnown && !wasKilled) continue;
    for (const id of [...taken, ...rejected]) {
      const key = `${destination} ${id}`;
      if (wasKilled ? unsure.delete(key) : !isKnown) yield [destination, id];
      if (wasKilled && !isKnown) unsure.add(key);
    }
  }
}

/** What a command may be told besides its event. */
export interface CommandOptions {
  readonly remainingMs?: number;
  readonly faults?: InnerFaults;
  /** From outside, so many milliseconds after it began. */
  readonly killAfterMs?: number;
  /** See the protocol. */
  readonly reason?: string;
  /** The environment was frozen before, and its connections are gone. */
  readonly thaw?: boolean;
}
