import type { DeadLetters, Outcome } from '../types.ts';
import type { RecordFault } from './decode.ts';

/** A line that cannot be read, and what became of it. */
export interface SettledFault extends RecordFault {
  readonly outcome: Outcome;
}

/** Sets lines aside that claim to be telemetry and cannot be read (D16); without a store they are dropped and counted. */
export const quarantine = async (
  faults: readonly RecordFault[],
  deadLetters: DeadLetters | undefined,
  until: number,
): Promise<readonly SettledFault[]> => {
  if (faults.length === 0) return [];
  if (deadLetters === undefined) return faults.map((fault) => ({ ...fault, outcome: dropped(fault) }));
  let outcomes: readonly Outcome[] = [];
  try {
    outcomes = await deadLetters.quarantine(faults, until);
  } catch {
    // A bug in them: the source keeps the lines.
  }
  return faults.map((fault, index) => ({ ...fault, outcome: outcomes[index] ?? UNKEPT }));
};

const UNKEPT: Outcome = { status: 'retryable', error: new Error('a line that cannot be read could not be stored') };

const dropped = ({ fault }: RecordFault): Outcome => ({
  status: 'rejected',
  fault: 'telemetry',
  error: new Error(fault.message),
});
