import { InvalidOtlpError } from '../invalid-otlp-error.ts';
import { formatInt64, formatUint64 } from './int64.ts';
import { type JsonObject, UNKNOWN_FIELDS } from './json-object.ts';
import { isOneof } from './oneof.ts';
import { type Field, type Kind, LENGTH, MAX_NESTING, type Message } from './table.ts';
import { brokenWire, WireReader } from './wire-reader.ts';

/**
 * Decodes a message into the shape of OTLP/JSON: lowerCamelCase keys, ids in lower-case hex, other bytes in base64, 64-bit integers as
 * decimal strings, enums as integers, NaN and infinities as strings. A field that is absent on the wire is absent here.
 * Fields that the table does not know are kept under `UNKNOWN_FIELDS`, and `encodeMessage` writes them back.
 *
 * @throws {InvalidOtlpError} `protobuf`, `utf8` or `too_deep`.
 */
export const decodeMessage = (message: Message, bytes: Uint8Array): JsonObject =>
  new MessageReader(bytes).message(message);

class MessageReader extends WireReader {
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
      else throw brokenWire(`${message.name}: wire type of ${field.name}`);
      if (this.position > end) throw brokenWire(`${message.name}: ${field.name} reaches beyond its message`);
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
    if (this.position > fieldEnd) throw brokenWire(`packed length of ${field.name}`);
  }

  private value(field: Field, end: number): unknown {
    switch (field.kind as Exclude<Kind, 'm'>) {
      case 's':
        return this.string(this.lengthEnd(end));
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
}

const listOf = (into: JsonObject, name: string): unknown[] => (into[name] ??= []) as unknown[];

/** The last member of a oneof wins. */
const clearOtherMembers = (message: Message, member: Field, into: JsonObject): void => {
  for (const other of message.fields) if (other.presence && other !== member) Reflect.deleteProperty(into, other.name);
};

/** A piece for each field would take thirty times its bytes: pieces of like size become one, so that each byte moves a few times. */
const keep = (into: JsonObject, bytes: Uint8Array): void => {
  const kept = into[UNKNOWN_FIELDS];
  if (kept === undefined) {
    into[UNKNOWN_FIELDS] = [bytes];
    return;
  }
  kept.push(bytes);
  for (;;) {
    const [before, last] = kept.slice(-2);
    if (before === undefined || last === undefined || before.length > 2 * last.length) return;
    kept.splice(-2, 2, Buffer.concat([before, last]));
  }
};
