import { LETTER_STATES, type LetterState, type Selection } from '@serverless-otlp/forwarder';
import { timeOf } from '../backfill/times.ts';
import { UsageError } from '../usage-error.ts';

/** Options that all commands of `redrive` share to say what they mean. */
export interface FilterOptions {
  readonly destination?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly reason?: string;
  readonly state?: LetterState;
}

/** What they mean. */
export interface Filters {
  readonly states: readonly LetterState[];
  readonly selection: Selection;
  /** Whether anything but the state narrows it. */
  readonly isNarrow: boolean;
}

/** What a filter means. @throws {UsageError} for what cannot be meant. */
export const filtersOf = (
  options: FilterOptions,
  states: readonly LetterState[] = LETTER_STATES,
  nowMs: number = Date.now(),
): Filters => {
  const { destination: destinations, since, until, reason, state } = options;
  if (destinations?.includes('') === true) throw new UsageError('--destination needs the id of an exporter.');
  if (reason?.trim() === '') throw new UsageError('--reason needs a part of the reason, such as 401.');
  const sinceMs = since === undefined ? undefined : timeOf(since, nowMs, '--since');
  const untilMs = until === undefined ? undefined : timeOf(until, nowMs, '--until');
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs >= untilMs)
    throw new UsageError(
      `--since (${new Date(sinceMs).toISOString()}) must be before --until (${new Date(untilMs).toISOString()}).`,
    );
  const selection: Selection = {
    ...(destinations === undefined ? {} : { destinations }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(untilMs === undefined ? {} : { untilMs }),
    ...(reason === undefined ? {} : { reason }),
  };
  return { states: state === undefined ? states : [state], selection, isNarrow: Object.keys(selection).length > 0 };
};
