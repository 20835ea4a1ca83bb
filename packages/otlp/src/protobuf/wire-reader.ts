import { isUtf8 } from 'node:buffer';
import { InvalidOtlpError } from '../invalid-otlp-error.ts';
import { FIXED32, FIXED64, LENGTH, VARINT } from './table.ts';

/** Bytes that are not a protobuf message of the schema. */
export const brokenWire = (what: string): InvalidOtlpError => new InvalidOtlpError('protobuf', what);

/**
 * A position in a buffer and the wire format's ways to read from it. `high` and `low` hold the last varint or fixed64.
 * Varints read past the end as zeros; the check of the position behind every field refuses them.
 */
export class WireReader {
  readonly buffer: Buffer;
  position = 0;
  high = 0;
  low = 0;
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  string(end: number): string {
    const { buffer, position } = this;
    let at = position;
    while (at < end && (buffer[at] ?? 0) < 0x80) at++;
    if (at === end) return this.slice('latin1', end);
    if (!isUtf8(buffer.subarray(at, end))) throw new InvalidOtlpError('utf8', 'a string that is not valid UTF-8');
    return this.slice('utf8', end);
  }

  slice(encoding: 'hex' | 'base64' | 'latin1' | 'utf8', end: number): string {
    const text = this.buffer.toString(encoding, this.position, end);
    this.position = end;
    return text;
  }

  /** The end of the length-delimited field whose length comes next. */
  lengthEnd(end: number): number {
    const length = this.uint32();
    const fieldEnd = this.position + length;
    if (fieldEnd > end) throw brokenWire('a length that reaches beyond its message');
    return fieldEnd;
  }

  double(end: number): unknown {
    const at = this.advance(8, end);
    const value = this.view.getFloat64(at, true);
    return Number.isFinite(value) ? value : String(value);
  }

  fixed32(end: number): number {
    return this.view.getUint32(this.advance(4, end), true);
  }

  fixed64(end: number): void {
    const at = this.advance(8, end);
    this.low = this.view.getUint32(at, true);
    this.high = this.view.getUint32(at + 4, true);
  }

  advance(size: number, end: number): number {
    const at = this.position;
    this.position = at + size;
    if (this.position > end) throw brokenWire('ends inside a field');
    return at;
  }

  /** A tag or a length: at most 32 bits. */
  uint32(): number {
    const byte = this.buffer[this.position] ?? 0;
    if (byte < 0x80) {
      this.position++;
      return byte;
    }
    this.varint();
    if (this.high !== 0) throw brokenWire('a tag or length of more than 32 bits');
    return this.low;
  }

  varint(): void {
    let high = 0;
    let low = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.buffer[this.position++] ?? 0;
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else if (shift === 28) {
        low |= (byte & 0x7f) << 28;
        high = (byte & 0x7f) >>> 4;
      } else high |= (byte & 0x7f) << (shift - 32);
      if (byte < 0x80) {
        if (shift === 63 && byte > 1) break;
        this.low = low >>> 0;
        this.high = high >>> 0;
        return;
      }
    }
    throw brokenWire('a varint of more than 64 bits');
  }

  skip(tag: number, end: number): void {
    if (tag >>> 3 === 0) throw brokenWire('field number 0');
    switch (tag & 7) {
      case VARINT:
        this.varint();
        break;
      case FIXED64:
        this.position += 8;
        break;
      case FIXED32:
        this.position += 4;
        break;
      case LENGTH:
        this.position = this.lengthEnd(end);
        break;
      default:
        throw brokenWire(`wire type ${tag & 7}`);
    }
    if (this.position > end) throw brokenWire('ends inside a field');
  }
}
