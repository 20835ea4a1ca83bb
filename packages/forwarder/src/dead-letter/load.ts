import type { LoadedLetter } from './group.ts';
import { type Lane, reasonOf, remains } from './lane-context.ts';
import { peekLetter, type SealedLetter } from './letter.ts';
import type { ListedLetter } from './listing.ts';
import { moveLetter } from './move.ts';

/** No destination silences us for longer than an hour; a letter that says so is damaged. */
const MAX_WAIT_MS = 3_600_000;

/**
 * Reads letters, their attempt counted before (D22b). What cannot be read as a letter moves to the quarantine, and so does what the
 * destination's `match` does not take any more; what is not due stays.
 */
export const loadChunk = async (lane: Lane, chunk: readonly ListedLetter[]): Promise<readonly LoadedLetter[]> => {
  const { context, journal, pace } = lane;
  await journal.begin(
    chunk.map(({ key }) => key),
    context.now(),
  );
  const errors: unknown[] = [];
  const loading = chunk.map(async (letter) => {
    try {
      return await loadOne(lane, letter);
    } catch (error) {
      // One object that cannot be read must not hold up all others.
      errors.push(error);
      context.onError(error);
      journal.excuse(letter.key);
      remains(lane, letter.parsed.timeMs);
      return undefined;
    }
  });
  const letters = (await Promise.all(loading)).filter((letter) => letter !== undefined);
  if (errors.length === chunk.length) pace.stop(reasonOf(errors[0]));
  return letters;
};

const loadOne = async (lane: Lane, { key, parsed }: ListedLetter): Promise<LoadedLetter | undefined> => {
  const { destination, context, counts, journal, pace } = lane;
  const { timeMs } = parsed;
  const object = await context.store.get(key);
  if (object === undefined) {
    counts.vanished++;
    journal.forget(key);
    return undefined;
  }
  const sealed = peek(object);
  if (sealed === undefined || destination.matches?.(sealed.header.source) === false) {
    if (!(await moveLetter({ ...context, counts }, key, 'quarantine'))) remains(lane, timeMs);
    journal.forget(key);
    return undefined;
  }
  const waitMs = Date.parse(sealed.header.notBefore ?? '') - context.now();
  if (context.intervalMs === 0 || !(waitMs > 0 && waitMs <= MAX_WAIT_MS)) return { key, timeMs, sealed };
  journal.undo(key);
  remains(lane, timeMs);
  // The oldest is not due: the destination has asked to be left alone, and does not have to be asked whether it still means it.
  if (!pace.hasTaken()) pace.stop(`not to be sent before ${sealed.header.notBefore ?? ''}`);
  return undefined;
};

const peek = (object: Uint8Array): SealedLetter | undefined => {
  try {
    const sealed = peekLetter(object);
    return sealed.header.content === 'request' ? sealed : undefined;
  } catch {
    return undefined;
  }
};
