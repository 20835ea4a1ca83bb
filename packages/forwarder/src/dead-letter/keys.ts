/** Where a letter waits: to be redriven, for a person, or past its time. */
export type LetterState = 'pending' | 'quarantine' | 'expired';

/** What the key of a letter says (D22). */
export interface LetterKey {
  readonly state: LetterState;
  /** Id of the destination; `lines` for lines that cannot be read. */
  readonly destination: string;
  /** The signal; for lines the reason. */
  readonly kind: string;
  /** When the source took in its first line, in epoch milliseconds. */
  readonly timeMs: number;
  /** SHA-256 of what makes it this letter and no other, hex. */
  readonly sha256: string;
}

/** All states, as they are named in keys. */
export const LETTER_STATES: readonly LetterState[] = ['pending', 'quarantine', 'expired'];

const STATES: ReadonlySet<string> = new Set(LETTER_STATES);

/** The last millisecond of the year 9999: beyond it the notation changes its length. */
const LATEST = 253_402_300_799_999;

const KEY = /^([a-z]+)\/([^/]+)\/([^/]+)\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3}Z)\/([0-9a-f]{64})$/;

/** An id may hold a slash or half a character, or be `..`; a segment may not. */
const segmentOf = (destination: string): string =>
  encodeURIComponent(destination.replace(/\p{Cs}/gu, '\ufffd')).replace(/^\.+$/, (dots) => '%2E'.repeat(dots.length));

/** The prefix of all letters of a destination in one state. */
export const letterPrefix = (state: LetterState, destination: string): string => `${state}/${segmentOf(destination)}/`;

/** The id in a segment of {@link letterPrefix}; `undefined` when nobody could have written it. */
export const destinationOf = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
};

/** A time that its notation has room for: whole milliseconds from 1970 to 9999. */
export const boundedTime = (timeMs: number): number => Math.min(LATEST, Math.max(0, Math.trunc(timeMs) || 0));

/**
 * `pending/<destination>/<signal>/<time of the first log event>/<SHA-256>`: sorts by age, and the same letter always has the same
 * key. The time is ISO 8601 in its basic form, which is a file name everywhere.
 */
export const letterKey = ({ state, destination, kind, timeMs, sha256 }: LetterKey): string => {
  const time = new Date(boundedTime(timeMs)).toISOString().replace(/[-:]/g, '');
  return `${letterPrefix(state, destination)}${kind}/${time}/${sha256}`;
};

/** What a key says; `undefined` for one that {@link letterKey} did not write. */
export const parseLetterKey = (key: string): LetterKey | undefined => {
  const [, state = '', segment = '', kind = '', year, month, day, hour, minute, rest, sha256 = ''] =
    KEY.exec(key) ?? [];
  const destination = destinationOf(segment);
  const timeMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${rest}`);
  if (!STATES.has(state) || destination === undefined || Number.isNaN(timeMs)) return undefined;
  const parsed: LetterKey = { state: state as LetterState, destination, kind, timeMs, sha256 };
  // A 30th of February, or an id that was encoded in another way: nobody would find it again under its own key.
  return letterKey(parsed) === key ? parsed : undefined;
};
