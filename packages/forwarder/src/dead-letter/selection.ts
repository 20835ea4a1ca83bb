import type { LetterKey, LetterState } from './keys.ts';
import type { LetterHeader } from './letter.ts';

/** Which letters a person means. Absent: all. */
export interface Selection {
  readonly destinations?: readonly string[];
  /** First event at or after, in epoch milliseconds. */
  readonly sinceMs?: number;
  /** First event before, in epoch milliseconds. */
  readonly untilMs?: number;
  /** Part of the reason, in any case. */
  readonly reason?: string;
}

/** Which letters to send again; `quarantine` and `expired` only when a person says so. */
export interface RedriveSelection extends Selection {
  /** Default `pending`. */
  readonly state?: LetterState;
}

/** Whether a key is among those meant. */
export const selectsKey = (
  { destinations, sinceMs = -Infinity, untilMs = Infinity }: Selection,
  { destination, timeMs }: LetterKey,
): boolean =>
  (destinations === undefined || destinations.includes(destination)) && timeMs >= sinceMs && timeMs < untilMs;

/** Whether a letter whose key is meant is meant itself. */
export const selectsHeader = ({ reason }: Selection, header: LetterHeader): boolean =>
  reason === undefined || header.reason.toLowerCase().includes(reason.toLowerCase());
