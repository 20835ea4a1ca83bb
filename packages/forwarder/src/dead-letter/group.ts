import type { Signal } from '@serverless-otlp/otlp';
import type { LetterHeader, SealedLetter } from './letter.ts';

/** A letter of the store on its way. */
export interface LoadedLetter {
  readonly key: string;
  /** When the source took in its first line, as its key says, in epoch milliseconds. */
  readonly timeMs: number;
  readonly sealed: SealedLetter;
}

/** What one request may be, in uncompressed bytes and items. */
export interface GroupLimits {
  readonly maxBytes?: number;
  readonly maxItems?: number;
}

/** Letters that make one request together. */
export interface LetterGroup {
  readonly signal: Signal;
  readonly letters: readonly LoadedLetter[];
  readonly bytes: number;
  readonly items: number;
}

/** Larger requests gain nothing, and common backends refuse them. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_ITEMS = 10_000;

const keyOf = ({ signal, source }: LetterHeader): string => JSON.stringify([signal, Object.entries(source).sort()]);

/**
 * Letters of equal signal and metadata together, in their order, up to the limits of their destination: tenants never mix (D20). A
 * letter is never divided here, so that what becomes of a request says what becomes of its letters; the rest of a refused batch
 * stays alone (D12).
 */
export const groupsOf = (
  letters: readonly LoadedLetter[],
  limits: Readonly<Partial<Record<Signal, GroupLimits>>>,
): readonly LetterGroup[] => {
  const groups: { signal: Signal; letters: LoadedLetter[]; bytes: number; items: number }[] = [];
  const open = new Map<string, (typeof groups)[number]>();
  for (const letter of letters) {
    const { header } = letter.sealed;
    const { bytes, items = 1, signal, bisect } = header;
    if (signal === undefined) continue; // never: only requests are loaded
    const { maxBytes = MAX_BYTES, maxItems = MAX_ITEMS } = limits[signal] ?? {};
    const key = keyOf(header);
    const group = bisect === true ? undefined : open.get(key);
    const fits =
      group !== undefined &&
      group.bytes + bytes <= Math.min(maxBytes, MAX_BYTES) &&
      group.items + items <= Math.min(maxItems, MAX_ITEMS);
    if (fits) {
      group.letters.push(letter);
      group.bytes += bytes;
      group.items += items;
    } else {
      const begun = { signal, letters: [letter], bytes, items };
      groups.push(begun);
      if (bisect !== true) open.set(key, begun);
    }
  }
  return groups;
};
