import type { Store } from '../types.ts';
import { letterKey, type LetterState, parseLetterKey } from './keys.ts';
import type { RedriveCounts } from './redrive-report.ts';

/** What moving needs. */
export interface MoveContext {
  readonly store: Store;
  readonly counts: RedriveCounts;
  /** Is told what the store failed with. */
  readonly onError: (error: unknown) => void;
}

/**
 * Moves a letter to another state, as it is, and counts it: copy, then delete, so that a crash leaves two rather than none.
 *
 * @returns whether it is gone from where it was.
 */
export const moveLetter = async (
  { store, counts, onError }: MoveContext,
  key: string,
  state: Exclude<LetterState, 'pending'>,
): Promise<boolean> => {
  const parsed = parseLetterKey(key);
  const target = parsed === undefined ? key : letterKey({ ...parsed, state });
  if (target === key) return false;
  try {
    const body = await store.get(key);
    if (body === undefined) {
      counts.vanished++;
      return true;
    }
    await store.put(target, body);
    await store.remove([key]);
  } catch (error) {
    onError(error);
    return false;
  }
  counts[state === 'quarantine' ? 'quarantined' : 'expired']++;
  return true;
};
