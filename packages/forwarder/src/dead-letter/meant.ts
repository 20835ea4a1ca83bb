import type { Store } from '../types.ts';
import { type LetterHeader, peekLetter } from './letter.ts';
import type { ListedLetter } from './listing.ts';
import { type Selection, selectsHeader, selectsKey } from './selection.ts';

/** Letters to read at once, and their bytes. */
const MAX_AT_ONCE = 64;
const MAX_BYTES = 8 * 1024 * 1024;

const headerOf = async (store: Store, key: string): Promise<LetterHeader | undefined> => {
  const object = await store.get(key);
  try {
    return object === undefined ? undefined : peekLetter(object).header;
  } catch {
    return undefined; // nobody knows its reason
  }
};

/** The letters a selection means. Only for one with a reason they are read. */
export async function* meant<Listed extends ListedLetter>(
  store: Store,
  letters: AsyncIterable<Listed>,
  selection: Selection,
): AsyncGenerator<Listed, void> {
  let batch: Listed[] = [];
  let bytes = 0;
  const chosen = async (): Promise<readonly Listed[]> => {
    const read = batch.map(async (letter) => ({ letter, header: await headerOf(store, letter.key) }));
    [batch, bytes] = [[], 0];
    const all = await Promise.all(read);
    return all.flatMap(({ letter, header }) =>
      header !== undefined && selectsHeader(selection, header) ? [letter] : [],
    );
  };
  for await (const letter of letters) {
    if (!selectsKey(selection, letter.parsed)) continue;
    if (selection.reason === undefined) {
      yield letter;
      continue;
    }
    batch.push(letter);
    bytes += letter.bytes;
    if (batch.length >= MAX_AT_ONCE || bytes >= MAX_BYTES) yield* await chosen();
  }
  if (batch.length > 0) yield* await chosen();
}
