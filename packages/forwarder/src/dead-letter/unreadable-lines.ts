import { isUtf8 } from 'node:buffer';
import type { Fault, Metadata, Unreadable } from '../types.ts';
import { blankHeaders } from './blank-headers.ts';
import { identityOf } from './identity.ts';
import { boundedTime, letterKey } from './keys.ts';
import { sha256Of, writeLetter } from './letter.ts';

/** One line in the content of a letter of lines, which is JSON Lines. */
export interface UnreadableLine {
  /** The event's id, where the source has one. */
  readonly id?: string;
  /** What is wrong with it. */
  readonly reason: string;
  /** Of the line as it came; values of headers are blanked below. */
  readonly sha256: string;
  readonly bytes: number;
  /** The line, or its bytes in base64 where the source gave bytes. */
  readonly line?: string;
  readonly base64?: string;
}

/** What has no place in a letter of many lines. */
const originOf = ({ source }: Fault): Metadata => {
  const { id: _, ...origin } = source;
  return origin;
};

/** So much of lines goes into one object: JSON may make it six times as long, and what reads letters takes 32 MiB. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Lines with the same reason and origin: one object, however many a function prints, and another one when it is full. */
export const groupsOfLines = (lines: readonly Unreadable[]): readonly (readonly Unreadable[])[] => {
  const groups: Unreadable[][] = [];
  const open = new Map<string, { readonly group: Unreadable[]; bytes: number }>();
  for (const line of lines) {
    const { reason, bytes } = line.fault;
    const key = JSON.stringify([reason, originOf(line.fault)]);
    const known = open.get(key);
    if (known !== undefined && known.bytes + bytes <= MAX_BYTES) {
      known.group.push(line);
      known.bytes += bytes;
    } else {
      const group = [line];
      groups.push(group);
      open.set(key, { group, bytes });
    }
  }
  return groups;
};

const entryOf = ({ fault: { source, message, sha256, bytes }, content }: Unreadable): UnreadableLine => ({
  ...(source['id'] === undefined ? {} : { id: source['id'] }),
  reason: message,
  sha256,
  bytes,
  ...contentOf(content),
});

/** Bytes that are text are a line like any other; what is compressed cannot be looked into. */
const contentOf = (content: string | Uint8Array): Pick<UnreadableLine, 'line' | 'base64'> =>
  typeof content !== 'string' && !isUtf8(content)
    ? { base64: Buffer.from(content).toString('base64') }
    : { line: blankHeaders(Buffer.from(content).toString()) };

/** The object that keeps such a group; at least one line. */
export const letterOfLines = (
  lines: readonly Unreadable[],
  nowMs: number,
): { readonly key: string; readonly letter: Uint8Array } => {
  const [first] = lines;
  if (first === undefined) throw new RangeError('nothing to keep');
  const { fault } = first;
  const content = Buffer.from(lines.map((line) => `${JSON.stringify(entryOf(line))}\n`).join(''));
  const sha256 = sha256Of(content);
  let timeMs = Infinity;
  for (const line of lines) timeMs = Math.min(timeMs, line.timeMs ?? nowMs);
  const reasons = new Set(lines.map((line) => line.fault.message));
  const letter = writeLetter(
    {
      content: 'lines',
      lines: lines.length,
      bytes: content.length,
      sha256,
      reason: reasons.size === 1 ? fault.message : `${fault.message}; and ${reasons.size - 1} other reasons`,
      attempts: 0,
      storedAt: new Date(boundedTime(nowMs)).toISOString(),
      firstEventAt: new Date(boundedTime(timeMs)).toISOString(),
      source: originOf(fault),
      fault: fault.reason,
    },
    content,
  );
  const identity = identityOf(sha256, originOf(fault));
  return {
    key: letterKey({ state: 'quarantine', destination: 'lines', kind: fault.reason, timeMs, sha256: identity }),
    letter,
  };
};
