import { eventIn, type LetterHeader, peekLetter, readLetter, requestIn } from '@serverless-otlp/forwarder';
import type { Decoded } from '@serverless-otlp/forwarder/types';
import type { OtlpRequest } from '@serverless-otlp/otlp';
import { decodeEvent } from '../sources/telemetry-event.ts';
import { type Entry, isEvent } from './entries.ts';
import { damageOf } from './heads.ts';

/** A line that could not be read, as the store keeps it. */
export type KeptLine = Readonly<Record<string, unknown>>;

/** What is in an object. */
export type Opened =
  | { readonly kind: 'request'; readonly header: LetterHeader; readonly request: OtlpRequest }
  | { readonly kind: 'lines'; readonly header: LetterHeader; readonly lines: readonly KeptLine[] }
  | { readonly kind: 'event'; readonly record: Readonly<Record<string, unknown>>; readonly decoded: readonly Decoded[] }
  /** What is wrong with it; its header may still be readable. */
  | { readonly kind: 'damaged'; readonly damage: string; readonly header?: LetterHeader };

const openEvent = (body: Uint8Array): Opened => {
  const event = eventIn(body);
  if (event === undefined) return { kind: 'damaged', damage: 'it is not an event that Lambda gave up' };
  const { requestPayload: _, ...record } = JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>;
  return { kind: 'event', record, decoded: decodeEvent({ line: 1, event }) };
};

const isRecord = (value: unknown): value is KeptLine => typeof value === 'object' && value !== null;

const openLetter = (body: Uint8Array): Opened => {
  const letter = readLetter(body);
  const { header, content } = letter;
  if (header.content === 'request') return { kind: 'request', header, request: requestIn(letter) };
  const lines = Buffer.from(content)
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line): KeptLine => {
      const value = JSON.parse(line) as unknown;
      return isRecord(value) ? value : { line };
    });
  return { kind: 'lines', header, lines };
};

const headerOf = (body: Uint8Array): { readonly header?: LetterHeader } => {
  try {
    return { header: peekLetter(body).header };
  } catch {
    return {};
  }
};

/** What is in an object; `undefined` when it is gone. Rejects when the store fails. */
export const openEntry = async (entry: Entry): Promise<Opened | undefined> => {
  const body = await entry.store.get(entry.key);
  if (body === undefined) return undefined;
  try {
    return isEvent(entry) ? openEvent(body) : openLetter(body);
  } catch (error) {
    // The parser of JSON quotes what it was given.
    const damage = error instanceof SyntaxError ? 'its content is no JSON' : damageOf(error);
    return { kind: 'damaged', damage, ...headerOf(body) };
  }
};
