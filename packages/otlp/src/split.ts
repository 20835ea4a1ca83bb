import type { Signal } from './signal.ts';
import { type Message, REQUEST_MESSAGES } from './protobuf/table.ts';
import { fieldRanges, itemPath } from './protobuf/walk.ts';

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

/** A stretch of the original that goes into exactly one part: an item, or a container without any. */
interface Leaf {
  readonly start: number;
  readonly end: number;
  readonly items: number;
}

/** A message on the way to the items. Its `rest` (resource, scope, metric name, unknown fields) is repeated in every part. */
interface Container {
  readonly tag: number;
  readonly rest: readonly { readonly start: number; readonly end: number }[];
  readonly restBytes: number;
  readonly children: readonly (Container | Leaf)[];
}

/** A container as far as the open part holds it. */
interface Open {
  readonly container: Container;
  bodyBytes: number;
  readonly children: (Open | Leaf)[];
}

const varintBytes = (value: number): number =>
  value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5;

const fieldBytes = (tag: number, bodyBytes: number): number => varintBytes(tag) + varintBytes(bodyBytes) + bodyBytes;

const parse = (bytes: Uint8Array, start: number, end: number, message: Message, tag: number): Container => {
  const path = itemPath(message);
  const rest: { start: number; end: number }[] = [];
  const children: (Container | Leaf)[] = [];
  let restBytes = 0;
  for (const range of fieldRanges(bytes, start, end)) {
    const child = path.has(range.number) ? message.byNumber[range.number]?.message : undefined;
    if (child === undefined) {
      rest.push({ start: range.start, end: range.end });
      restBytes += range.end - range.start;
    } else if (child.isItem) {
      children.push({ start: range.start, end: range.end, items: 1 });
    } else {
      const container = parse(bytes, range.contentStart, range.end, child, range.number * 8 + 2);
      children.push(container.children.length > 0 ? container : { start: range.start, end: range.end, items: 0 });
    }
  }
  return { tag, rest, restBytes, children };
};

class Splitter {
  readonly parts: SplitPart[] = [];
  private readonly bytes: Uint8Array;
  private readonly maxBytes: number;
  private readonly maxItems: number;
  private open: Open[];
  private items = 0;

  constructor(bytes: Uint8Array, root: Container, limits: SplitLimits) {
    this.bytes = bytes;
    this.maxBytes = limits.maxBytes ?? Infinity;
    this.maxItems = limits.maxItems ?? Infinity;
    // Fields of the request itself that we do not know: said once, in the first part.
    this.open = [{ container: root, bodyBytes: root.restBytes, children: [] }];
  }

  visit(container: Container, path: readonly Container[]): void {
    const here = [...path, container];
    for (const child of container.children) {
      if ('children' in child) this.visit(child, here);
      else this.add(child, here);
    }
  }

  finish(): readonly SplitPart[] {
    const [root] = this.open;
    if (root !== undefined && (root.children.length > 0 || this.parts.length === 0)) this.flush();
    return this.parts;
  }

  private add(leaf: Leaf, path: readonly Container[]): void {
    const [root] = this.open;
    const empty = root === undefined || root.children.length === 0;
    if (!empty && (this.items + leaf.items > this.maxItems || this.bytesWith(leaf, path) > this.maxBytes)) this.flush();
    this.append(leaf, path);
  }

  /** What the request would measure with this leaf in it. */
  private bytesWith(leaf: Leaf, path: readonly Container[]): number {
    let growth = leaf.end - leaf.start;
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

  private append(leaf: Leaf, path: readonly Container[]): void {
    let level = 1;
    while (level < path.length && this.open[level]?.container === path[level]) level++;
    this.open.length = level;
    for (const container of path.slice(level)) {
      const open: Open = { container, bodyBytes: container.restBytes, children: [] };
      this.open.at(-1)?.children.push(open);
      this.open.push(open);
    }
    this.open.at(-1)?.children.push(leaf);
    this.items += leaf.items;
    let growth = leaf.end - leaf.start;
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
    const writer = new PartWriter(this.bytes, root.bodyBytes);
    writer.body(root, this.parts.length === 0);
    this.parts.push({ bytes: writer.output, items: this.items });
    this.open = [{ container: root.container, bodyBytes: 0, children: [] }];
    this.items = 0;
  }
}

class PartWriter {
  readonly output: Buffer;
  private readonly source: Uint8Array;
  private position = 0;

  constructor(source: Uint8Array, bytes: number) {
    this.source = source;
    this.output = Buffer.allocUnsafe(bytes);
  }

  body(open: Open, withRest = true): void {
    if (withRest) for (const range of open.container.rest) this.copy(range.start, range.end);
    for (const child of open.children) {
      if ('container' in child) {
        this.varint(child.container.tag);
        this.varint(child.bodyBytes);
        this.body(child);
      } else {
        this.copy(child.start, child.end);
      }
    }
  }

  private copy(start: number, end: number): void {
    this.output.set(this.source.subarray(start, end), this.position);
    this.position += end - start;
  }

  private varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.output[this.position++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.output[this.position++] = rest;
  }
}

/**
 * Splits a validated request at item boundaries into complete requests within the limits, in order, each with its own copy of
 * resource, scope and metric description. Nothing is decoded; unknown fields survive. A single item larger than `maxBytes`
 * comes back alone and too large: what to do with it is the caller's decision (D13).
 */
export const splitBytes = (signal: Signal, bytes: Uint8Array, limits: SplitLimits): readonly SplitPart[] => {
  const root = parse(bytes, 0, bytes.length, REQUEST_MESSAGES[signal], 0);
  const splitter = new Splitter(bytes, root, limits);
  splitter.visit(root, []);
  return splitter.finish();
};
