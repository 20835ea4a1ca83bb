import { SIGNALS, type Signal } from '@serverless-otlp/otlp';
import type { Store, StoredObject } from '../types.ts';
import { type LetterKey, letterPrefix, type LetterState, parseLetterKey } from './keys.ts';

/** An entry of the store whose key is that of a letter. */
export interface ListedLetter extends StoredObject {
  readonly parsed: LetterKey;
}

/** A letter with a request. */
export interface ListedRequest extends ListedLetter {
  readonly signal: Signal;
}

/** The letters below a prefix. What else lies there is left alone. */
async function* lettersBelow(store: Store, prefix: string): AsyncGenerator<ListedLetter, void> {
  for await (const object of store.list(prefix)) {
    const parsed = parseLetterKey(object.key);
    if (parsed !== undefined) yield { ...object, parsed };
  }
}

/**
 * The requests of a destination, the oldest first whatever their signal.
 *
 * @param wants asked after each: whether more of this signal is wanted. If not, the next one is the last.
 */
export async function* oldestFirst(
  store: Store,
  state: LetterState,
  destination: string,
  wants: (signal: Signal) => boolean,
): AsyncGenerator<ListedRequest, void> {
  const prefix = letterPrefix(state, destination);
  const lists = SIGNALS.map((signal) => ({ signal, letters: lettersBelow(store, `${prefix}${signal}/`) }));
  const open = await Promise.all(
    lists.map(async (list) => ({ ...list, head: await list.letters.next(), isLast: false })),
  );
  for (;;) {
    let next: (typeof open)[number] | undefined;
    let found: ListedLetter | undefined;
    for (const list of open) {
      const { head } = list;
      if (head.done === true) continue;
      if (found !== undefined && found.parsed.timeMs <= head.value.parsed.timeMs) continue;
      next = list;
      found = head.value;
    }
    if (found === undefined || next === undefined) return;
    yield { ...found, signal: next.signal };
    next.head = next.isLast ? { done: true, value: undefined } : await next.letters.next();
    next.isLast = !wants(next.signal);
  }
}
