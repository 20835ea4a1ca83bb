import { setTimeout as sleepMs } from 'node:timers/promises';
import { gzipRequest, mergeRequests, type OtlpRequest } from '@serverless-otlp/otlp';
import type { DeadLetters, Delivery, Outcome, Store, Unreadable } from '../types.ts';
import { identityOf, sourceKey } from './identity.ts';
import { boundedTime, letterKey, type LetterState } from './keys.ts';
import { sha256Of, writeLetter } from './letter.ts';
import { StoreError } from './store-error.ts';
import { groupsOfLines, letterOfLines } from './unreadable-lines.ts';
import { untilAborted } from './until-aborted.ts';

/** How {@link deadLetters} writes. */
export interface DeadLettersOptions {
  readonly store: Store;
  readonly now?: () => number;
  /** 0 ≤ x < 1; default `Math.random`. */
  readonly random?: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** Between two tries of the store: doubles from the first to the last, in milliseconds. */
const FIRST_WAIT_MS = 100;
const LAST_WAIT_MS = 2_000;

/** Node takes a longer delay for none at all. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** How much of a reason a letter repeats, in characters. */
const MAX_REASON = 1_000;

type Undelivered = Exclude<Outcome, { status: 'delivered' | 'stored' }>;

/** Parts that become one letter: one destination, signal, state and metadata (D22). */
interface Group {
  readonly state: LetterState;
  readonly parts: { readonly delivery: Delivery; readonly outcome: Undelivered }[];
}

const stateOf = (outcome: Undelivered): LetterState =>
  outcome.status === 'rejected' && outcome.fault === 'telemetry' ? 'quarantine' : 'pending';

const groupsOf = (deliveries: readonly Delivery[]): readonly Group[] => {
  const groups = new Map<string, Group>();
  for (const delivery of deliveries) {
    const { outcome, destination, telemetry } = delivery;
    if (outcome.status === 'delivered' || outcome.status === 'stored') continue;
    const state = stateOf(outcome);
    const { signal } = telemetry.request;
    const bisect = isBisect(outcome);
    const key = JSON.stringify([state, destination, signal, bisect, sourceKey(telemetry.metadata)]);
    const group = groups.get(key) ?? { state, parts: [] };
    groups.set(key, group);
    group.parts.push({ delivery, outcome });
  }
  return [...groups.values()];
};

const isBisect = (outcome: Undelivered): boolean => outcome.status === 'retryable' && outcome.bisect === true;

/**
 * Keeps letters in a store: one object per invocation, destination, signal and metadata. The store is tried again until the time is
 * over, unless it says that this is in vain (D8); then what could not be kept is `retryable`, and its source delivers it again (D3).
 *
 * @example deadLetters({ store: folderStore({ path: './dead-letters' }) })
 */
export const deadLetters = (options: DeadLettersOptions): DeadLetters => {
  const { store, now = Date.now, random = Math.random, sleep = sleepMs } = options;

  /** `undefined` when it is there, else why not. */
  const put = async (key: string, body: Uint8Array, until: number): Promise<Error | undefined> => {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(LAST_WAIT_MS, wait * 2)) {
      try {
        const abort = AbortSignal.timeout(Math.min(MAX_TIMER_MS, Math.max(1, Math.ceil(until - now()))));
        await untilAborted(abort, store.put(key, body, abort));
        return undefined;
      } catch (cause) {
        const pause = wait * (0.5 + random());
        const reason = cause instanceof Error ? cause.message : 'failed';
        if ((cause instanceof StoreError && cause.permanent) || now() + pause >= until)
          return new Error(`could not be stored: ${reason}`, { cause });
        await sleep(pause);
      }
    }
  };

  const iso = (timeMs: number): string => new Date(boundedTime(timeMs)).toISOString();

  const keepGroup = async ({ state, parts }: Group, until: number, attempts: number): Promise<Outcome | Error> => {
    const [first] = parts;
    if (first === undefined) throw new RangeError('nothing to keep');
    const { destination, telemetry } = first.delivery;
    const request: OtlpRequest =
      parts.length === 1 ? telemetry.request : mergeRequests(parts.map(({ delivery }) => delivery.telemetry.request));
    const nowMs = now();
    let timeMs = Infinity;
    let waitMs = 0;
    for (const { delivery, outcome } of parts) {
      timeMs = Math.min(timeMs, delivery.telemetry.timeMs ?? nowMs);
      waitMs = Math.max(waitMs, outcome.retryAfterMs ?? 0);
    }
    const reasons = new Set(parts.map(({ outcome }) => outcome.error.message));
    const sha256 = sha256Of(request.bytes);
    const identity = identityOf(sha256, telemetry.metadata);
    const key = letterKey({ state, destination, kind: request.signal, timeMs, sha256: identity });
    const reason = [...reasons].join('; ').slice(0, MAX_REASON);
    const letter = writeLetter(
      {
        content: 'request',
        destination,
        signal: request.signal,
        items: request.items,
        bytes: request.bytes.length,
        sha256,
        reason,
        attempts: attempts + 1,
        storedAt: iso(nowMs),
        firstEventAt: iso(timeMs),
        ...(waitMs > 0 ? { notBefore: iso(nowMs + waitMs) } : {}),
        ...(isBisect(first.outcome) ? { bisect: true } : {}),
        source: telemetry.metadata,
      },
      request.bytes,
      gzipRequest(request),
    );
    const failure = await put(key, letter, until);
    if (failure !== undefined) return failure;
    const as = state === 'quarantine' ? 'quarantined' : 'pending';
    return { status: 'stored', as, key, error: new Error(reason) };
  };

  const keepLines = async (lines: readonly Unreadable[], until: number): Promise<Outcome | Error> => {
    const { key, letter } = letterOfLines(lines, now());
    const failure = await put(key, letter, until);
    return failure ?? { status: 'stored', as: 'quarantined', key, error: new Error('cannot be read') };
  };

  return {
    keep: async (deliveries, until, attempts = 0) => {
      const settled = new Map<Delivery, Outcome>();
      const kept = groupsOf(deliveries).map(async (group) => {
        const result = await keepGroup(group, until, attempts);
        for (const { delivery, outcome } of group.parts)
          settled.set(
            delivery,
            result instanceof Error ? unkept(outcome, result) : ({ ...result, error: outcome.error } as Outcome),
          );
      });
      await Promise.all(kept);
      return deliveries.map((delivery) => ({ ...delivery, outcome: settled.get(delivery) ?? delivery.outcome }));
    },
    quarantine: async (lines, until) => {
      const kept = new Map<Unreadable, Outcome>();
      const groups = groupsOfLines(lines).map(async (group) => {
        const result = await keepLines(group, until);
        for (const line of group) kept.set(line, outcomeOfLine(line, result));
      });
      await Promise.all(groups);
      return lines.map((line) => kept.get(line) ?? outcomeOfLine(line, new Error('could not be stored')));
    },
  };
};

/** Both failed, the destination and the store: the source keeps it, and a person reads why. */
const unkept = ({ error }: Undelivered, failure: Error): Outcome => ({
  status: 'retryable',
  error: new Error(`${error.message}; ${failure.message}`, { cause: failure }),
});

const outcomeOfLine = ({ fault }: Unreadable, result: Outcome | Error): Outcome =>
  result instanceof Error
    ? { status: 'retryable', error: result }
    : ({ ...result, error: new Error(fault.message) } as Outcome);
