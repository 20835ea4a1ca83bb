import { isUtf8 } from 'node:buffer';
import { InvalidOtlpError } from '../invalid-otlp-error.ts';
import { formatInt64, formatUint64 } from './int64.ts';
import { type JsonObject, UNKNOWN_FIELDS } from './json-object.ts';
import { isOneof } from './oneof.ts';
import { type Field, FIXED32, FIXED64, type Kind, LENGTH, MAX_NESTING, type Message, VARINT } from './table.ts';

/**
 * Decodes a message into the shape of OTLP/JSON: lowerCamelCase keys, ids in lower-case hex, other bytes in base64, 64-bit integers as
 * decimal strings, enums as integers, NaN and infinities as strings. A field that is absent on the wire is absent here.
 * Fields that the table does not know are kept under `UNKNOWN_FIELDS`, and `encodeMessage` writes them back.
 *
 * @throws {InvalidOtlpError} `protobuf`, `utf8` or `too_deep`.
 */
export const decodeMessage = (message: Message, bytes: Uint8Array): JsonObject => new Reader(bytes).message(message);

const invalid = (what: string): InvalidOtlpError => new InvalidOtlpError('protobuf', what);

/** Reads past the end yield zeros; the one check of the position behind every field then refuses them. */
class Reader {
  private readonly buffer: Buffer;
  private readonly view: DataView;
  private position = 0;
  private high = 0;
  private low = 0;

  constructor(bytes: Uint8Array) {
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  message(message: Message): JsonObject {
    const value: JsonObject = {};
    this.fields(message, value, this.buffer.length, 1, true);
    return value;
  }

  private fields(message: Message, into: JsonObject, end: number, depth: number, fresh: boolean): void {
    if (depth > MAX_NESTING) throw new InvalidOtlpError('too_deep', `nested deeper than ${MAX_NESTING} messages`);
    let hasMember = !fresh;
    let unknownFrom = -1;
    while (this.position < end) {
      const start = this.position;
      const tag = this.uint32();
      const field = message.byNumber[tag >>> 3];
      if (field === undefined) {
        this.skip(tag, end);
        if (unknownFrom < 0) unknownFrom = start;
        continue;
      }
      if (unknownFrom >= 0) {
        keep(into, this.buffer.subarray(unknownFrom, start));
        unknownFrom = -1;
      }
      if (field.presence && isOneof(message)) {
        if (hasMember) clearOtherMembers(message, field, into);
        hasMember = true;
      }
      if ((tag & 7) === field.wireType) this.field(field, into, end, depth);
      else if (field.repeated && (tag & 7) === LENGTH) this.packed(field, into, end);
      else throw invalid(`${message.name}: wire type of ${field.name}`);
      if (this.position > end) throw invalid(`${message.name}: ${field.name} reaches beyond its message`);
    }
    if (unknownFrom >= 0) keep(into, this.buffer.subarray(unknownFrom, end));
  }

  private field(field: Field, into: JsonObject, end: number, depth: number): void {
    const { name } = field;
    if (field.message !== undefined) {
      const fieldEnd = this.lengthEnd(end);
      const earlier = field.repeated ? undefined : into[name];
      const value = (earlier ?? {}) as JsonObject;
      this.fields(field.message, value, fieldEnd, depth + 1, earlier === undefined);
      if (!field.repeated) into[name] = value;
      else listOf(into, name).push(value);
    } else if (field.repeated) listOf(into, name).push(this.value(field, end));
    else into[name] = this.value(field, end);
  }

  private packed(field: Field, into: JsonObject, end: number): void {
    const fieldEnd = this.lengthEnd(end);
    const list = listOf(into, field.name);
    while (this.position < fieldEnd) list.push(this.value(field, fieldEnd));
    if (this.position > fieldEnd) throw invalid(`packed length of ${field.name}`);
  }

  private value(field: Field, end: number): unknown {
    switch (field.kind as Exclude<Kind, 'm'>) {
      case 's':
        return this.string(field, this.lengthEnd(end));
      case 'F':
        this.fixed64(end);
        return formatUint64(this.high, this.low);
      case 'T':
      case 'S':
        return this.slice('hex', this.lengthEnd(end));
      case 'e':
      case 'j':
        this.varint();
        return this.low | 0;
      case 'u':
        this.varint();
        return this.low;
      case 'I':
        this.varint();
        return formatInt64(this.high, this.low);
      case 'd':
        return this.double(end);
      case 'b':
        this.varint();
        return (this.low | this.high) !== 0;
      case 'f':
        return this.fixed32(end);
      case 'g':
        this.fixed64(end);
        return formatInt64(this.high, this.low);
      case 'U':
        this.varint();
        return formatUint64(this.high, this.low);
      case 'z':
        this.varint();
        return (this.low >>> 1) ^ -(this.low & 1);
      case 'B':
        return this.slice('base64', this.lengthEnd(end));
    }
  }

  private string(field: Field, end: number): string {
    const { buffer, position } = this;
    let at = position;
    while (at < end && (buffer[at] ?? 0) < 0x80) at++;
    if (at === end) return this.slice('latin1', end);
    if (!isUtf8(buffer.subarray(at, end))) throw new InvalidOtlpError('utf8', `${field.name} is not valid UTF-8`);
    return this.slice('utf8', end);
  }

  private slice(encoding: 'hex' | 'base64' | 'latin1' | 'utf8', end: number): string {
    const text = this.buffer.toString(encoding, this.position, end);
    this.position = end;
    return text;
  }

  /** The end of the length-delimited field whose length comes next. */
  private lengthEnd(end: number): number {
    const length = this.uint32();
    const fieldEnd = this.position + length;
    if (fieldEnd > end) throw invalid('a length that reaches beyond its message');
    return fieldEnd;
  }

  private double(end: number): unknown {
    const at = this.advance(8, end);
    const value = this.view.getFloat64(at, true);
    return Number.isFinite(value) ? value : String(value);
  }

  private fixed32(end: number): number {
    return this.view.getUint32(this.advance(4, end), true);
  }

  private fixed64(end: number): void {
    const at = this.advance(8, end);
    this.low = this.view.getUint32(at, true);
    this.high = this.view.getUint32(at + 4, true);
  }

  private advance(size: number, end: number): number {
    const at = this.position;
    this.position = at + size;
    if (this.position > end) throw invalid('ends inside a field');
    return at;
  }

  /** A tag or a length: at most 32 bits. */
  private uint32(): number {
    const byte = this.buffer[this.position] ?? 0;
    if (byte < 0x80) {
      this.position++;
      return byte;
    }
    this.varint();
    if (this.high !== 0) throw invalid('a tag or length of more than 32 bits');
    return this.low;
  }

  private varint(): void {
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
    throw invalid('a varint of more than 64 bits');
  }

  private skip(tag: number, end: number): void {
    if (tag >>> 3 === 0) throw invalid('field number 0');
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
        throw invalid(`wire type ${tag & 7}`);
    }
    if (this.position > end) throw invalid('ends inside a field');
  }
}

const listOf = (into: JsonObject, name: string): unknown[] => (into[name] ??= []) as unknown[];

/** The last member of a oneof wins. */
const clearOtherMembers = (message: Message, member: Field, into: JsonObject): void => {
  for (const other of message.fields) if (other.presence && other !== member) Reflect.deleteProperty(into, other.name);
};

const keep = (into: JsonObject, bytes: Uint8Array): void => {
  const kept = into[UNKNOWN_FIELDS];
  if (kept === undefined) into[UNKNOWN_FIELDS] = [bytes];
  else kept.push(bytes);
};
