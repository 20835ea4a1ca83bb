import { mergeRequests, type OtlpRequest } from '@serverless-otlp/otlp';
import type { DeadLetters, Delivery, Exporter, Telemetry } from '../types.ts';
import type { LetterGroup, LoadedLetter } from './group.ts';
import { reasonOf } from './lane-context.ts';
import { requestIn } from './letter.ts';
import { moveLetter, type MoveContext } from './move.ts';
import type { Failure } from './pace.ts';
import type { RedriveCounts } from './redrive-report.ts';

/** What sending needs. */
export interface SendContext extends MoveContext {
  readonly exporter: Exporter;
  readonly deadLetters: DeadLetters;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly storeUntil: number;
  readonly abort?: AbortSignal | undefined;
}

/** What became of a group. Much of it at once may be: a part was taken, another refused, and a third failed. */
export interface Sent {
  /** The letters that are still there. */
  readonly left: readonly LoadedLetter[];
  /** Those that may be deleted, and are: all of theirs is delivered or stored anew. */
  readonly redriven: readonly LoadedLetter[];
  /** New letters that wait. */
  readonly put: number;
  /** Whether the destination took anything. */
  readonly took: boolean;
  /** Why the destination did not take everything. */
  readonly failure?: Failure | undefined;
  /** Why something was refused for its own sake. */
  readonly refusal?: string | undefined;
  /** Why they are left has nothing to do with destination and letters. */
  readonly storeFailed?: true;
}

interface Opened {
  readonly letter: LoadedLetter;
  readonly request: OtlpRequest;
}

/** The letters whose content can be read, with their requests. The others are set aside, or left where that fails. */
const openAll = async (
  letters: readonly LoadedLetter[],
  context: SendContext,
): Promise<{ readonly opened: readonly Opened[]; readonly stuck: readonly LoadedLetter[] }> => {
  const opened: Opened[] = [];
  const stuck: LoadedLetter[] = [];
  for (const letter of letters) {
    try {
      opened.push({ letter, request: requestIn(letter.sealed.open()) });
    } catch {
      if (!(await moveLetter(context, letter.key, 'quarantine'))) stuck.push(letter);
    }
  }
  return { opened, stuck };
};

/** An exporter that throws is a bug, and must not hold up the others. */
const exportAll = async (
  telemetry: Telemetry,
  { exporter, deadline, abort }: SendContext,
): Promise<readonly Delivery[] | Error> => {
  try {
    const deliveries = await exporter.export(telemetry, deadline, abort);
    const items = deliveries.reduce((sum, { telemetry: { request } }) => sum + request.items, 0);
    if (items >= telemetry.request.items) return deliveries;
    return new Error(`exporter ${exporter.name} accounted for fewer items than it was given: this is a bug in it`);
  } catch (error) {
    return new Error(`exporter ${exporter.name} threw: ${reasonOf(error)}`, { cause: error });
  }
};

const count = (counts: RedriveCounts, { telemetry: { request }, outcome }: Delivery): void => {
  if (outcome.status !== 'delivered') return;
  counts.items += request.items;
  counts.rejected += Math.min(request.items, Math.max(0, outcome.rejectedItems ?? 0));
  if (outcome.unconfirmed === true) counts.unconfirmed += request.items;
};

/** What the destination is at fault for. The rest of a refused batch is not: it was not tried. */
const failureOf = (undelivered: readonly Delivery[]): Failure | undefined => {
  const failures = undelivered.flatMap(({ outcome }) =>
    (outcome.status === 'retryable' && outcome.bisect !== true) ||
    (outcome.status === 'rejected' && outcome.fault === 'destination')
      ? [outcome]
      : [],
  );
  const [first] = failures;
  return (
    first && {
      reason: first.error.message,
      retryAfterMs: Math.max(...failures.map(({ retryAfterMs = 0 }) => retryAfterMs)),
      passing: failures.some(({ status }) => status === 'retryable'),
    }
  );
};

/** Sends letters as one request. What is left of one that was taken in part is stored anew; nothing is deleted. */
const deliver = async (letters: readonly LoadedLetter[], context: SendContext): Promise<Sent> => {
  const { deadLetters, counts, storeUntil, onError } = context;
  const { opened, stuck } = await openAll(letters, context);
  const [first] = opened;
  const nothing = { left: stuck, redriven: [], put: 0, took: false };
  if (first === undefined) return nothing;
  const sent = opened.map(({ letter }) => letter);
  const left = [...stuck, ...sent];
  const { header } = first.letter.sealed;
  const keys = new Set(sent.map(({ key }) => key));
  const telemetry: Telemetry = {
    request: mergeRequests(opened.map(({ request }) => request)),
    records: keys,
    metadata: header.source,
    timeMs: Math.min(...sent.map(({ timeMs }) => timeMs)),
  };
  const deliveries = await exportAll(telemetry, context);
  if (deliveries instanceof Error)
    return { ...nothing, left, failure: { reason: deliveries.message, retryAfterMs: 0, passing: false } };

  const undelivered = deliveries.filter(({ outcome }) => outcome.status !== 'delivered');
  const took = undelivered.length < deliveries.length;
  const failure = failureOf(undelivered);
  const refusal = undelivered.find(({ outcome }) => outcome.status === 'rejected' && outcome.fault === 'telemetry');
  const answer = { took, failure, refusal: refusal && messageOf(refusal) };
  if (!took && refusal === undefined && failure !== undefined) return { ...nothing, ...answer, left };

  for (const delivery of deliveries) count(counts, delivery);
  if (undelivered.length === 0) return { ...nothing, ...answer, redriven: sent };
  const kept = await deadLetters.keep(undelivered, storeUntil, header.attempts);
  const put = countStored(counts, kept, keys);
  const lost = kept.find(({ outcome }) => outcome.status !== 'stored');
  if (lost !== undefined) {
    onError(new Error(messageOf(lost)));
    return { ...nothing, ...answer, left, put, storeFailed: true };
  }
  // Of a letter that a person had sent again out of the quarantine, the rest may be the letter itself.
  const anew = new Set(kept.map(({ outcome }) => (outcome.status === 'stored' ? outcome.key : '')));
  const redriven = sent.filter(({ key }) => !anew.has(key));
  return { ...nothing, ...answer, left: left.filter((letter) => !redriven.includes(letter)), put, redriven };
};

/**
 * Sends letters as one request, and deletes them only after it is known where every item of theirs is: delivered, or, of a request
 * that was taken in part, stored anew. A request nobody took anything of leaves its letters as they are.
 *
 * @param onAnswered called when the destination is free for another request: deleting takes as long as sending.
 */
export const sendGroup = async (
  { letters }: LetterGroup,
  context: SendContext,
  onAnswered: () => void,
): Promise<Sent> => {
  const sent = await deliver(letters, context);
  const { left, redriven } = sent;
  if (redriven.length === 0) return sent;
  onAnswered();
  try {
    await context.store.remove(redriven.map(({ key }) => key));
  } catch (error) {
    context.onError(error);
    return { ...sent, left: [...left, ...redriven], redriven: [], storeFailed: true };
  }
  context.counts.redriven += redriven.length;
  return sent;
};

const messageOf = ({ outcome }: Delivery): string => (outcome.status === 'delivered' ? '' : outcome.error.message);

/** Several parts may have become one object. Resolves to how many new ones wait. */
const countStored = (counts: RedriveCounts, stored: readonly Delivery[], before: ReadonlySet<string>): number => {
  const keys = new Map<string, 'pending' | 'quarantined'>();
  for (const { outcome } of stored)
    if (outcome.status === 'stored' && !before.has(outcome.key)) keys.set(outcome.key, outcome.as);
  const quarantined = [...keys.values()].filter((as) => as === 'quarantined').length;
  counts.put += keys.size;
  counts.quarantined += quarantined;
  return keys.size - quarantined;
};
