import type { Signal } from './signal.ts';
import { type Message, requestMessage } from './protobuf/table.ts';
import { type Container, type Leaf, type Open, writePart } from './split-part.ts';
import { countBelow, type FieldRange, fieldRanges, itemPath } from './protobuf/walk.ts';

/**
 * A resource, scope and metric description that are larger than this together are not repeated in several parts, and their items stay
 * together: a few kilobytes of gzip could otherwise become terabytes. CloudWatch's own limit for a resource is 16 KB.
 */
const MAX_REPEATED_BYTES = 64 * 1024;

/** How large a part may be. Both default to no limit. */
export interface SplitLimits {
  readonly maxBytes?: number;
  readonly maxItems?: number;
}

/** One part of a split request: a complete request of its own. */
export interface SplitPart {
  readonly bytes: Uint8Array;
  readonly items: number;
}

const varintBytes = (value: number): number =>
  value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5;

const fieldBytes = (tag: number, bodyBytes: number): number => varintBytes(tag) + varintBytes(bodyBytes) + bodyBytes;

/** Adds a stretch behind the last one, to which it is joined where it can be: most parts are a few long stretches. */
const pushLeaf = (leaves: (Open | Leaf)[], start: number, end: number): void => {
  const last = leaves.at(-1);
  if (last !== undefined && 'end' in last && last.end === start) last.end = end;
  else leaves.push({ start, end });
};

class Splitter {
  readonly parts: SplitPart[] = [];
  private readonly bytes: Uint8Array;
  private readonly maxBytes: number;
  private readonly maxItems: number;
  private open: Open[] = [];
  private items = 0;

  constructor(bytes: Uint8Array, limits: SplitLimits) {
    this.bytes = bytes;
    this.maxBytes = limits.maxBytes ?? Infinity;
    this.maxItems = limits.maxItems ?? Infinity;
  }

  /** Walks over a request and adds what lies in it. Keeps nothing but the open part. */
  request(message: Message): void {
    const { length } = this.bytes;
    const container = this.containerOf(message, 0, length, 0);
    // Fields of the request itself that we do not know: said once, in the first part.
    this.open = [{ container, bodyBytes: container.restBytes, children: [] }];
    this.visit(message, 0, length, [container], 0);
  }

  /** Adds the items of the innermost container of `path`; tells whether there was anything. */
  private visit(message: Message, start: number, end: number, path: readonly Container[], repeated: number): boolean {
    const itemFields = itemPath(message);
    let any = false;
    for (const range of fieldRanges(this.bytes, start, end)) {
      const child = itemFields.has(range.number) ? message.byNumber[range.number]?.message : undefined;
      if (child === undefined) continue;
      any = true;
      if (child.isItem) this.add(range.start, range.end, 1, path);
      else this.enter(child, range, path, repeated);
    }
    return any;
  }

  private enter(message: Message, range: FieldRange, path: readonly Container[], repeated: number): void {
    const container = this.containerOf(message, range.contentStart, range.end, range.number * 8 + 2);
    const repeats = repeated + container.restBytes;
    if (repeats > MAX_REPEATED_BYTES) {
      this.add(range.start, range.end, countBelow(this.bytes, range.contentStart, range.end, message), path);
    } else if (!this.visit(message, range.contentStart, range.end, [...path, container], repeats)) {
      this.add(range.start, range.end, 0, path);
    }
  }

  private containerOf(message: Message, start: number, end: number, tag: number): Container {
    const itemFields = itemPath(message);
    const rest: Leaf[] = [];
    let restBytes = 0;
    for (const range of fieldRanges(this.bytes, start, end)) {
      if (itemFields.has(range.number)) continue;
      pushLeaf(rest, range.start, range.end);
      restBytes += range.end - range.start;
    }
    return { tag, rest, restBytes };
  }

  finish(): readonly SplitPart[] {
    const [root] = this.open;
    if (root !== undefined && (root.children.length > 0 || this.parts.length === 0)) this.flush();
    return this.parts;
  }

  private add(start: number, end: number, items: number, path: readonly Container[]): void {
    const empty = this.open[0]?.children.length === 0;
    const full = this.items + items > this.maxItems || this.bytesWith(end - start, path) > this.maxBytes;
    if (full && !empty) this.flush();
    this.append(start, end, path);
    this.items += items;
  }

  /** What the request would measure with so many more bytes in its innermost container. */
  private bytesWith(bytes: number, path: readonly Container[]): number {
    let growth = bytes;
    for (let level = path.length - 1; level > 0; level--) {
      const container = path[level];
      const open = this.open[level];
      if (container === undefined) continue;
      if (open?.container === container) {
        growth = fieldBytes(container.tag, open.bodyBytes + growth) - fieldBytes(container.tag, open.bodyBytes);
      } else {
        growth = fieldBytes(container.tag, container.restBytes + growth);
      }
    }
    return (this.open[0]?.bodyBytes ?? 0) + growth;
  }

  private append(start: number, end: number, path: readonly Container[]): void {
    let level = 1;
    while (level < path.length && this.open[level]?.container === path[level]) level++;
    this.open.length = level;
    for (const container of path.slice(level)) {
      const open: Open = { container, bodyBytes: container.restBytes, children: [] };
      this.open.at(-1)?.children.push(open);
      this.open.push(open);
    }
    pushLeaf(this.open.at(-1)?.children ?? [], start, end);
    let growth = end - start;
    for (let i = this.open.length - 1; i >= 0; i--) {
      const open = this.open[i];
      if (open === undefined) continue;
      // A container that was just opened is new to its parent as a whole; an older one only grows.
      const before = i >= level ? 0 : fieldBytes(open.container.tag, open.bodyBytes);
      open.bodyBytes += growth;
      growth = fieldBytes(open.container.tag, open.bodyBytes) - before;
    }
  }

  private flush(): void {
    const [root] = this.open;
    if (root === undefined) return;
    const bytes = writePart(this.bytes, root, this.parts.length === 0);
    this.parts.push({ bytes, items: this.items });
    this.open = [{ container: root.container, bodyBytes: 0, children: [] }];
    this.items = 0;
  }
}

/**
 * Splits a validated request at item boundaries into complete requests within the limits, in order, each with its own copy of
 * resource, scope and metric description. Nothing is decoded; unknown fields survive. What cannot be divided (a
 * single item, or items below an outsized resource) comes back alone even if it is too large: what to do with it is the caller's
 * decision (D13).
 */
export const splitBytes = (signal: Signal, bytes: Uint8Array, limits: SplitLimits): readonly SplitPart[] => {
  const splitter = new Splitter(bytes, limits);
  splitter.request(requestMessage(signal));
  return splitter.finish();
};
