/** A stretch of the original that goes into one part as it is: items, or containers without any. */
export interface Leaf {
  readonly start: number;
  end: number;
}

/** A message on the way to the items. Its `rest` (resource, scope, metric name, unknown fields) is repeated in every part. */
export interface Container {
  readonly tag: number;
  readonly rest: readonly Readonly<Leaf>[];
  readonly restBytes: number;
}

/** A container as far as the open part holds it. */
export interface Open {
  readonly container: Container;
  bodyBytes: number;
  readonly children: (Open | Leaf)[];
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

/** The bytes of an open part: its root's rest, unless that was said before, and everything below. */
export const writePart = (source: Uint8Array, root: Open, withRest: boolean): Uint8Array => {
  const writer = new PartWriter(source, root.bodyBytes);
  writer.body(root, withRest);
  return writer.output;
};
