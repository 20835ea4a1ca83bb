import { before } from './before.ts';
import { placeOf } from './catalogue.ts';
import { type Check, type Finding, skipped } from './check.ts';
import { NO_TIME, reasonOf } from './reason.ts';

/** How {@link runChecks} works. */
export interface RunOptions {
  /** Ends everything; what has not been told by then is skipped. */
  readonly signal: AbortSignal;
  /** Checks at once; default 6. */
  readonly atOnce?: number;
}

const runCheck = ({ ids, run }: Check, signal: AbortSignal): Promise<readonly Finding[]> => {
  const all = (why: string): readonly Finding[] => ids.map((id) => skipped(id, why));
  const late = (): readonly Finding[] => all(NO_TIME);
  const told = async (): Promise<readonly Finding[]> => {
    try {
      return await run(signal);
    } catch (error) {
      return signal.aborted ? late() : all(reasonOf(error));
    }
  };
  return before(signal, told, late);
};

/** Runs checks side by side, a few at once. One that fails in itself is a check that could not be made; never rejects. */
export const runChecks = async (
  checks: readonly Check[],
  { signal, atOnce = 6 }: RunOptions,
): Promise<readonly Finding[]> => {
  const found: Finding[] = [];
  const waiting = checks.values();
  const work = async (): Promise<void> => {
    for (const check of waiting) found.push(...(await runCheck(check, signal)));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return inOrder(found);
};

/** As they are shown: by check, then by what they are about. */
export const inOrder = (findings: readonly Finding[]): readonly Finding[] =>
  findings.toSorted(
    (a, b) =>
      placeOf(a.id) - placeOf(b.id) || (a.subject ?? '').localeCompare(b.subject ?? '', 'en', { numeric: true }),
  );
