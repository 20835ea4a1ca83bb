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
