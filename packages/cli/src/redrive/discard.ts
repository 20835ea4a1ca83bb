import type { Store } from '@serverless-otlp/forwarder';
import type { DeadLetterStores } from '@serverless-otlp/forwarder/config';
import { type Entry, entriesOf, readAll } from './entries.ts';
import type { Filters } from './filters.ts';

/** What is to be discarded: what keys stand for, or what filters mean. */
export interface Meant {
  readonly stores: DeadLetterStores;
  readonly filters: Filters;
  readonly given: readonly Entry[] | undefined;
  readonly signal: AbortSignal;
}

/** What a look at it found. */
export interface Survey {
  readonly objects: number;
  readonly bytes: number;
  readonly oldestMs: number;
  readonly newestMs: number;
  /** The last change of any of them, in epoch milliseconds: what came later was not looked at. */
  readonly asOfMs: number;
}

/** Keys that are removed at once. */
const BATCH = 500;

/** Whether keys were given decides; else what the filters mean now. */
async function* entries({ stores, filters, given, signal }: Meant): AsyncGenerator<Entry, void> {
  const { reason } = filters.selection;
  const listed = given ?? entriesOf(stores, filters);
  if (reason === undefined)
    for await (const entry of listed) {
      if (signal.aborted) return;
      yield entry;
    }
  else
    for await (const { entry } of readAll(listed, reason)) {
      if (signal.aborted) return;
      yield entry;
    }
}

/** Counts what is meant; changes nothing. */
export const survey = async (meant: Meant, onLook: () => void): Promise<Survey> => {
  const found = { objects: 0, bytes: 0, oldestMs: Infinity, newestMs: -Infinity, asOfMs: -Infinity };
  for await (const { bytes, timeMs, modifiedMs } of entries(meant)) {
    onLook();
    found.objects++;
    found.bytes += bytes;
    found.oldestMs = Math.min(found.oldestMs, timeMs);
    found.newestMs = Math.max(found.newestMs, timeMs);
    found.asOfMs = Math.max(found.asOfMs, modifiedMs);
  }
  return found;
};

/** Removes what was counted: nothing that came after it was counted, and of each batch all or an error. */
export const discardAll = async (
  meant: Meant,
  { asOfMs }: Survey,
  {
    onDiscarded,
    onError,
  }: { readonly onDiscarded: (objects: number) => void; readonly onError: (message: string) => void },
): Promise<void> => {
  const batches = new Map<Store, string[]>();
  const remove = async (store: Store, keys: readonly string[]): Promise<void> => {
    try {
      await store.remove(keys);
      onDiscarded(keys.length);
    } catch (error) {
      onError(error instanceof Error ? error.message : 'the store failed');
    }
  };
  for await (const { store, key, modifiedMs } of entries(meant)) {
    if (modifiedMs > asOfMs) continue;
    const keys = batches.get(store) ?? [];
    batches.set(store, keys);
    keys.push(key);
    if (keys.length >= BATCH) await remove(store, keys.splice(0));
  }
  if (meant.signal.aborted) return;
  for (const [store, keys] of batches) if (keys.length > 0) await remove(store, keys);
};
