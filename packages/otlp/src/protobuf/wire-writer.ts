import { type Field, LENGTH } from './table.ts';
import type { Halves } from './int64.ts';

/** A growing buffer and the wire format's ways to write into it. The halves are scratch space for 64-bit integers. */
export class WireWriter implements Halves {
  buffer: Buffer;
  position = 0;
  high = 0;
  low = 0;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
  }

  string(value: string): void {
    this.reserve(value.length * 3);
    const { buffer, position } = this;
    let i = 0;
    if (value.length < 32) {
      for (; i < value.length; i++) {
        const code = value.charCodeAt(i);
        if (code > 0x7f) break;
        buffer[position + i] = code;
      }
    }
    this.position += i === value.length ? i : buffer.write(value, position, 'utf8');
  }

  /** Writes the tag and room for a length of one byte; returns where the content begins. */
  open(field: Field): number {
    this.varint(field.number * 8 + LENGTH);
    this.reserve(1);
    return ++this.position;
  }

  /** Writes the length in front of the content, which moves if one byte is too small. */
  close(start: number): number {
    const length = this.position - start;
    if (length < 0x80) {
      this.buffer[start - 1] = length;
      return length;
    }
    const shift = length < 0x4000 ? 1 : length < 0x200000 ? 2 : length < 0x10000000 ? 3 : 4;
    this.reserve(shift);
    this.buffer.copyWithin(start + shift, start, this.position);
    const end = this.position + shift;
    this.position = start - 1;
    this.varint(length);
    this.position = end;
    return length;
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.position);
    this.position += bytes.length;
  }

  varint(value: number): boolean {
    this.reserve(5);
    let rest = value;
    while (rest > 0x7f) {
      this.buffer[this.position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.position++] = rest;
    return value === 0;
  }

  varint64(high: number, low: number): void {
    this.reserve(10);
    let restHigh = high;
    let restLow = low;
    while (restHigh !== 0) {
      this.buffer[this.position++] = (restLow & 0x7f) | 0x80;
      restLow = ((restLow >>> 7) | (restHigh << 25)) >>> 0;
      restHigh >>>= 7;
    }
    this.varint(restLow);
  }

  fixed32(value: number): boolean {
    this.reserve(4);
    this.position = this.buffer.writeUInt32LE(value, this.position);
    return value === 0;
  }

  reserve(bytes: number): void {
    const needed = this.position + bytes;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.position);
    this.buffer = larger;
  }
}
