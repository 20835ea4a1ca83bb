import { eventIn, peekLetter } from '@serverless-otlp/forwarder';
import { type Entry, isEvent } from './entries.ts';

/** What an object says of itself, in short. */
export interface Head {
  readonly reason: string;
  /** Of a request. */
  readonly items?: number;
  /** Of what cannot be read. */
  readonly lines?: number;
  readonly attempts?: number;
  /** What is wrong with the object itself. */
  readonly damage?: string;
}

/** A reason on one line of a table. */
const MAX_REASON = 300;

const GONE: Head = { reason: 'taken by somebody else meanwhile' };

/** What is wrong with an object, in words of our own. */
export const damageOf = (error: unknown): string => (error instanceof Error ? error.message : 'it cannot be read');

const headOfEvent = (body: Uint8Array): Head => {
  if (eventIn(body) === undefined) return damaged('not an event that Lambda gave up');
  const record = JSON.parse(Buffer.from(body).toString()) as {
    readonly requestContext?: { readonly condition?: unknown } | null;
  };
  const condition = record.requestContext?.condition;
  return { reason: typeof condition === 'string' ? condition.slice(0, MAX_REASON) : 'given up by Lambda' };
};

const damaged = (damage: string): Head => ({ reason: `damaged: ${damage}`, damage });

/** What an object says of itself. Rejects when the store fails, not when the object is damaged. */
export const headOf = async (entry: Entry): Promise<Head> => {
  const body = await entry.store.get(entry.key);
  if (body === undefined) return GONE;
  if (isEvent(entry)) return headOfEvent(body);
  try {
    const { reason, items, lines, attempts } = peekLetter(body).header;
    return {
      reason: reason.slice(0, MAX_REASON),
      attempts,
      ...(items === undefined ? {} : { items }),
      ...(typeof lines === 'number' ? { lines } : {}),
    };
  } catch (error) {
    return damaged(damageOf(error));
  }
};
