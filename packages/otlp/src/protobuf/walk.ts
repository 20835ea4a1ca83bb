import type { Signal } from '../signal.ts';
import { type Field, FIXED32, FIXED64, LENGTH, type Message, requestMessage, VARINT } from './table.ts';

/** A field of a message that is known to be well formed: where it starts (with its tag), where its content is, where it ends. */
export interface FieldRange {
  readonly number: number;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

/** The fields between `start` and `end` of a validated message, in order. */
export function* fieldRanges(bytes: Uint8Array, start: number, end: number): Generator<FieldRange> {
  let position = start;
  const varint = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[position++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  };
  while (position < end) {
    const fieldStart = position;
    const tag = varint();
    let contentStart = position;
    switch (tag & 7) {
      case VARINT:
        varint();
        break;
      case FIXED64:
        position += 8;
        break;
      case FIXED32:
        position += 4;
        break;
      case LENGTH: {
        const length = varint();
        contentStart = position;
        position += length;
        break;
      }
      default:
        throw new Error('walked an unvalidated message');
    }
    yield { number: tag >>> 3, start: fieldStart, contentStart, end: position };
  }
}

/** The fields of a message below which items lie; none for an item itself. */
const pathsToItems = new Map<Message, ReadonlySet<number>>();

const leadsToItems = (field: Field): boolean =>
  field.message !== undefined && (field.message.isItem || itemPath(field.message).size > 0);

/** The numbers of the fields of `message` that hold items, or messages on the way to items. */
export const itemPath = (message: Message): ReadonlySet<number> => {
  const known = pathsToItems.get(message);
  if (known !== undefined) return known;
  pathsToItems.set(message, new Set()); // ends the recursion of AnyValue in itself
  const path = new Set(message.isItem ? [] : message.fields.filter(leadsToItems).map((field) => field.number));
  pathsToItems.set(message, path);
  return path;
};

/** Items in a message between `start` and `end`. */
export const countBelow = (bytes: Uint8Array, start: number, end: number, message: Message): number => {
  if (message.isItem) return 1;
  const path = itemPath(message);
  let items = 0;
  for (const range of fieldRanges(bytes, start, end)) {
    const child = path.has(range.number) ? message.byNumber[range.number]?.message : undefined;
    if (child !== undefined) items += countBelow(bytes, range.contentStart, range.end, child);
  }
  return items;
};

/** Spans, data points or log records in a validated request. */
export const countItems = (signal: Signal, bytes: Uint8Array): number =>
  countBelow(bytes, 0, bytes.length, requestMessage(signal));
