import type { DeadLetters } from '../types.ts';
import type { DeadLetterSettings } from './settings.ts';

/** Dead letters that are opened when there is the first to keep: a healthy cold start loads nothing of them. */
export const deadLettersOf = (settings: DeadLetterSettings): DeadLetters => {
  let opened: Promise<DeadLetters> | undefined;
  const open = async (): Promise<DeadLetters> => {
    const [{ storeOf }, { deadLetters }] = await Promise.all([
      import('./store.ts'),
      import('../dead-letter/dead-letters.ts'),
    ]);
    return deadLetters({ store: await storeOf(settings) });
  };
  const letters = (): Promise<DeadLetters> =>
    (opened ??= open().catch((error: unknown) => {
      opened = undefined; // another invocation may have more luck
      throw error;
    }));
  return {
    keep: async (...args) => (await letters()).keep(...args),
    quarantine: async (...args) => (await letters()).quarantine(...args),
  };
};
