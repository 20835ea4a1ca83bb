import { createHash } from 'node:crypto';
import { checkJsonValues } from '@serverless-otlp/otlp';
import { MIN_TRY_MS } from '../min-try.ts';
import type { Store, StoredObject } from '../types.ts';
import { type Journal, openJournal } from './journal.ts';
import { letterKey } from './keys.ts';
import { DEFAULT_MAX_AGE_MS, reasonOf, type RunContext } from './lane-context.ts';
import { gone, type LaneReport, noCounts, type RedriveCounts } from './redrive-report.ts';

/** Where Lambda puts the events of asynchronous invocations that failed for good; it allows no other place in the bucket. */
export const EVENTS_PREFIX = 'aws/lambda/async/';

/** An event is at most 1 MB; what comes with it is small. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Beyond so many that fail in a run, it is not the events that are at fault. */
const MAX_FAILURES = 5;

/** Sends one event through the whole pipeline; rejects when it is to be kept. */
export type ForwardEvent = (event: unknown) => Promise<unknown>;

/** The event in an object of Lambda's on-failure destination; `undefined` when it is none. */
export const eventIn = (object: Uint8Array): unknown => {
  if (object.length > MAX_BYTES) return undefined;
  try {
    const text = Buffer.from(object).toString();
    checkJsonValues(text); // eight megabytes of brackets would fill the memory
    const record = JSON.parse(text) as { readonly requestPayload?: unknown } | null;
    return record?.requestPayload;
  } catch {
    return undefined;
  }
};

interface Work {
  /** The root of the bucket. */
  readonly store: Store;
  readonly forward: ForwardEvent;
  readonly context: RunContext;
  readonly counts: RedriveCounts;
  readonly journal: Journal;
  oldestMs: number;
  /** Keys of those that failed in this run. */
  readonly failed: string[];
  error: string | undefined;
}

/**
 * Sends the events again that Lambda itself gave up: one at a time, after everything else, since all destinations see them again
 * (D23). None is begun when too little is left of the run to know what became of it. One that fails stays, and while none succeeds no other is tried: that would only repeat what healthy destinations have. One
 * that crashed or failed three runs while others succeeded moves to the quarantine. Never rejects.
 *
 * @param store the root of the bucket; what is quarantined or expired goes to the store of the run.
 */
export const redriveEvents = async (store: Store, forward: ForwardEvent, context: RunContext): Promise<LaneReport> => {
  const { store: letters, now, onError, onProgress } = context;
  const counts = noCounts();
  let failed: string | undefined;
  let work: Work | undefined;
  let more = false;
  try {
    const journal = await openJournal(letters, 'events', now());
    work = { store, forward, context, counts, journal, oldestMs: Infinity, failed: [], error: undefined };
    try {
      const suspects: StoredObject[] = [];
      for await (const object of store.list(EVENTS_PREFIX)) {
        counts.found++;
        if (!goesOn(work)) {
          remains(work, object);
          more = true;
          break;
        }
        if (journal.condemns(object.key)) await condemn(work, object);
        else if (journal.knows(object.key)) suspects.push(object);
        else await take(work, object);
        onProgress('events', counts);
      }
      suspects.sort((a, b) => journal.compare(a.key, b.key));
      for (const object of suspects) {
        if (goesOn(work)) await take(work, object);
        else remains(work, object);
        onProgress('events', counts);
      }
    } finally {
      for (const key of work.failed) {
        if (counts.redriven === 0) journal.excuse(key);
        else journal.blame(key);
      }
      journal.undoOpen();
      await journal.save();
    }
  } catch (error) {
    onError(error);
    failed = reasonOf(error);
    more = true;
    counts.remaining = counts.found - gone(counts);
  }
  const { oldestMs = Infinity } = work ?? {};
  const error = failed ?? work?.error;
  return {
    ...counts,
    ...(failed === undefined && { oldestPendingAgeMs: oldestMs === Infinity ? 0 : Math.max(0, now() - oldestMs) }),
    ...(more && { more }),
    ...(error !== undefined && { error }),
  };
};

const goesOn = ({ context, counts, failed }: Work): boolean =>
  context.now() + MIN_TRY_MS < context.deadline &&
  context.abort?.aborted !== true &&
  failed.length < (counts.redriven === 0 ? 1 : MAX_FAILURES);

const remains = (work: Work, { modifiedMs }: StoredObject): void => {
  work.counts.remaining++;
  work.oldestMs = Math.min(work.oldestMs, modifiedMs);
};

/** Sends one; an object the store does not give away stays, and does not hold up the others. */
const take = async (work: Work, object: StoredObject): Promise<void> => {
  const { store, forward, context, counts, journal, failed } = work;
  const { key, modifiedMs } = object;
  await journal.begin([key], context.now());
  try {
    const body = await store.get(key);
    if (body === undefined) counts.vanished++;
    else {
      const event = eventIn(body);
      const isOld = context.now() - modifiedMs > DEFAULT_MAX_AGE_MS;
      if (event === undefined || isOld)
        await moveTo(work, object, event === undefined ? 'quarantine' : 'expired', body);
      else {
        const error = await forward(event).then(() => undefined, reasonOf);
        if (error !== undefined) {
          work.error = error;
          failed.push(key);
          remains(work, object);
          return;
        }
        await store.remove([key]);
        journal.succeed(1);
        counts.redriven++;
      }
    }
    journal.forget(key);
  } catch (error) {
    context.onError(error);
    journal.excuse(key);
    remains(work, object);
  }
};

const condemn = async (work: Work, object: StoredObject): Promise<void> => {
  try {
    const body = await work.store.get(object.key);
    if (body === undefined) work.counts.vanished++;
    else await moveTo(work, object, 'quarantine', body);
    work.journal.forget(object.key);
  } catch (error) {
    work.context.onError(error);
    remains(work, object);
  }
};

/** Copy, then delete. */
const moveTo = async (
  { store, context, counts }: Work,
  { key, modifiedMs }: StoredObject,
  state: 'quarantine' | 'expired',
  body: Uint8Array,
): Promise<void> => {
  const kind = encodeURIComponent(key.slice(EVENTS_PREFIX.length).split('/', 1)[0] ?? '');
  const sha256 = createHash('sha256').update(key).digest('hex');
  await context.store.put(letterKey({ state, destination: 'events', kind, timeMs: modifiedMs, sha256 }), body);
  await store.remove([key]);
  counts[state === 'quarantine' ? 'quarantined' : 'expired']++;
};
