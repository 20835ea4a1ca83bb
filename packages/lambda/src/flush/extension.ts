import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { messageOf, warnOnce } from '../config/warn-once.ts';
import { type ExtensionsApi, Refused } from './extensions-api.ts';

/** Work that waits for the response to be on its way. */
type Work = () => Promise<void> | undefined;

/** An internal extension: it holds the sandbox until the work of an invocation is done. */
export interface Extension {
  /**
   * Takes over what is to be done after the response of this invocation. Whether it does: it does not unless it was told of this
   * invocation and is waiting for it, and then the caller does it itself, before the response.
   */
  readonly takeOver: (requestId: string, work: Work) => boolean;
  /** Whether it is: else Lambda tells nobody that the sandbox ends. */
  readonly isRegistered: () => boolean;
}

const NAME = 'serverless-otlp-internal';
/** How long an invocation that nobody saw begin is waited for: it may be one that is not traced. */
const UNSEEN_MS = 1000;
const RETRIES = 10;
const RETRY_MS = 100;

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
/** The runtime sends the response in the turn after its handler has settled. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Who of both comes first, the event or the end of the handler, is open; neither waits for the other for ever. */
interface Meeting {
  /** Invocations whose handlers ended before the extension was told of them. Few: an event is late by milliseconds. */
  readonly ended: Set<string>;
  readonly waiting: Map<string, (work: Work | undefined) => void>;
}

const MAX_ENDED = 100;

/** @param limitMs how long to wait, asked again when that has passed; 0 for no longer. */
const workFor = (requestId: string, { ended, waiting }: Meeting, limitMs: () => number): Promise<Work | undefined> => {
  if (ended.delete(requestId)) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const wait = (ms: number): void => {
      timer = setTimeout(() => {
        const more = limitMs();
        if (more > 0) wait(more);
        else if (waiting.delete(requestId)) resolve(undefined);
      }, ms).unref();
    };
    wait(UNSEEN_MS);
    waiting.set(requestId, (work) => {
      clearTimeout(timer);
      resolve(work);
    });
  });
};

/** Holds the sandbox until one invocation is done: to its deadline if its handler has begun, else not for long. */
const hold = async (
  requestId: string,
  deadline: number,
  meeting: Meeting,
  running: (id: string) => boolean,
): Promise<void> => {
  await turn();
  const work = await workFor(requestId, meeting, () => (running(requestId) ? deadline - Date.now() : 0));
  await turn();
  await turn();
  await work?.();
};

const serve = async (
  api: ExtensionsApi,
  id: string,
  meeting: Meeting,
  running: (id: string) => boolean,
): Promise<void> => {
  let failures = 0;
  while (failures < RETRIES) {
    try {
      const { eventType, requestId, deadlineMs } = await api.next(id);
      failures = 0;
      if (eventType === 'INVOKE' && requestId !== undefined)
        await hold(requestId, deadlineMs ?? Date.now(), meeting, running);
    } catch (error) {
      if (error instanceof Refused) throw error;
      failures++;
      await delay(RETRY_MS * failures);
    }
  }
  throw new Error('the Extensions API does not answer');
};

/**
 * Registers an internal extension and serves it. Nothing is thrown: without it, everything is written before the response.
 *
 * @param events `INVOKE` to hold the sandbox after each response; none to be told of its end by `SIGTERM` only.
 * @param running whether the handler of an invocation has begun.
 */
export const startExtension = (
  api: ExtensionsApi,
  events: readonly 'INVOKE'[],
  running: (requestId: string) => boolean,
): Extension => {
  const meeting: Meeting = { ended: new Set(), waiting: new Map() };
  let registered = false;
  const failed = (error: unknown): void => {
    registered = false;
    for (const release of meeting.waiting.values()) release(undefined);
    meeting.waiting.clear();
    warnOnce(`the internal extension has ended, telemetry is written before the response: ${messageOf(error)}`);
  };
  // What it sends is not the user's: libraries that trace requests shall not see it, in this context or in what follows from it.
  context.with(suppressTracing(ROOT_CONTEXT), () => {
    try {
      const id = api.register(NAME, events);
      registered = true;
      void serve(api, id, meeting, running).catch(failed);
    } catch (error) {
      failed(error);
    }
  });
  return {
    takeOver: (requestId, work) => {
      if (!registered) return false;
      const release = meeting.waiting.get(requestId);
      meeting.waiting.delete(requestId);
      if (release === undefined) meeting.ended.add(requestId);
      if (meeting.ended.size > MAX_ENDED) meeting.ended.clear();
      release?.(work);
      return release !== undefined;
    },
    isRegistered: () => registered,
  };
};
