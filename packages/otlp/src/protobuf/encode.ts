import { InvalidOtlpError, type InvalidOtlpReason } from '../invalid-otlp-error.ts';
import { HEX } from './hex.ts';
import { parseInt64 } from './int64.ts';
import { type JsonObject, UNKNOWN_FIELDS } from './json-object.ts';
import { isOneof } from './oneof.ts';
import { type Field, type Kind, LENGTH, MAX_NESTING, type Message } from './table.ts';
import { WireWriter } from './wire-writer.ts';

/**
 * Encodes a value in the shape of OTLP/JSON (rules J1 to J6): ids in hex of any case, enums as integers, 64-bit integers as decimal strings
 * or safe numbers, bytes in base64 or base64url. Unknown keys are ignored, `null` is absent, snake_case keys are accepted. Defaults are not
 * written, except where presence means something. Lone surrogates become U+FFFD. `UNKNOWN_FIELDS` are written back.
 *
 * @throws {InvalidOtlpError} `id`, `value`, `ambiguous` (a oneof with two members) or `too_deep`; it names the path, never the value.
 */
export const encodeMessage = (message: Message, value: unknown): Uint8Array => {
  // Taken, not shared: a getter in `value` may encode something itself.
  const writer = new MessageWriter(spare ?? Buffer.allocUnsafeSlow(MIN_BUFFER_BYTES));
  spare = undefined;
  try {
    return writer.message(message, value);
  } finally {
    if (writer.buffer.length <= MAX_SPARE_BYTES) spare = writer.buffer;
  }
};

const MIN_BUFFER_BYTES = 16 * 1024;
/** A larger buffer is given back to the garbage collector. */
const MAX_SPARE_BYTES = 1024 * 1024;
let spare: Buffer | undefined;

class MessageWriter extends WireWriter {
  /** The fields, and the indexes in them, that lead to the message being written. */
  private readonly path: (Field | undefined)[] = [];
  private readonly indexes: number[] = [];

  message(message: Message, value: unknown): Uint8Array {
    this.fields(message, value, 1);
    return new Uint8Array(this.buffer.subarray(0, this.position));
  }

  private fields(message: Message, value: unknown, depth: number): void {
    if (depth > MAX_NESTING) throw new InvalidOtlpError('too_deep', `nested deeper than ${MAX_NESTING} messages`);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw this.invalid('value', depth, 'must be an object');
    const object = value as JsonObject;
    let member = false;
    for (const key in object) {
      const field = message.byName.get(key);
      const held = object[key];
      if (field === undefined || held === undefined || held === null) continue;
      if (field.presence && isOneof(message)) {
        if (member) throw this.invalid('ambiguous', depth, `has two values, one of them ${field.name}`);
        member = true;
      }
      this.path[depth] = field;
      this.indexes[depth] = -1;
      if (field.repeated) this.repeated(field, held, depth);
      else if (field.message !== undefined) this.nested(field, field.message, held, depth);
      else this.scalar(field, held, depth);
    }
    const unknown = object[UNKNOWN_FIELDS];
    if (unknown !== undefined) for (const bytes of unknown) this.raw(bytes);
  }

  private nested(field: Field, message: Message, value: unknown, depth: number): void {
    const start = this.open(field);
    this.fields(message, value, depth + 1);
    this.close(start);
  }

  private repeated(field: Field, value: unknown, depth: number): void {
    if (!Array.isArray(value)) throw this.invalid('value', depth + 1, 'must be an array');
    const packed = field.wireType !== LENGTH && value.length > 0;
    const start = packed ? this.open(field) : 0;
    for (let i = 0; i < value.length; i++) {
      this.indexes[depth] = i;
      const element: unknown = value[i];
      if (field.message !== undefined) this.nested(field, field.message, element, depth);
      else if (packed) this.packedValue(field, element, depth);
      else this.lengthDelimited(field, element, depth);
    }
    if (packed) this.close(start);
  }

  private scalar(field: Field, value: unknown, depth: number): void {
    const start = this.position;
    if (field.wireType === LENGTH) {
      const bytes = this.lengthDelimited(field, value, depth);
      if (bytes === 0 && !field.presence) this.position = start;
      return;
    }
    this.varint(field.number * 8 + field.wireType);
    const isDefault = this.packedValue(field, value, depth);
    if (isDefault && !field.presence) this.position = start;
  }

  /** A varint or fixed value without its tag; returns whether it is the default. */
  private packedValue(field: Field, value: unknown, depth: number): boolean {
    switch (field.kind as Exclude<Kind, 's' | 'B' | 'T' | 'S' | 'm'>) {
      case 'F':
      case 'g':
        this.int64(field.kind === 'g', value, depth);
        this.fixed32(this.low);
        this.fixed32(this.high);
        return (this.low | this.high) === 0;
      case 'I':
      case 'U':
        this.int64(field.kind === 'I', value, depth);
        this.varint64(this.high, this.low);
        return (this.low | this.high) === 0;
      case 'd': {
        const double = this.double(value, depth);
        this.reserve(8);
        this.position = this.buffer.writeDoubleLE(double, this.position);
        return Object.is(double, 0);
      }
      case 'b':
        if (typeof value !== 'boolean') throw this.invalid('value', depth + 1, 'must be true or false');
        this.varint(value ? 1 : 0);
        return !value;
      case 'f':
        return this.fixed32(this.int32(field, value, 0, 0xffffffff, depth));
      case 'u':
        return this.varint(this.int32(field, value, 0, 0xffffffff, depth));
      case 'z': {
        const integer = this.int32(field, value, -0x80000000, 0x7fffffff, depth);
        return this.varint(((integer << 1) ^ (integer >> 31)) >>> 0);
      }
      case 'e':
      case 'j': {
        const integer = this.int32(field, value, -0x80000000, 0x7fffffff, depth);
        this.varint64(integer < 0 ? 0xffffffff : 0, integer >>> 0);
        return integer === 0;
      }
    }
  }

  /** A string, bytes or an id with its tag and length; returns that length. */
  private lengthDelimited(field: Field, value: unknown, depth: number): number {
    if (typeof value !== 'string') throw this.invalid('value', depth + 1, 'must be a string');
    const start = this.open(field);
    if (field.kind === 's') this.string(value);
    else if (field.kind === 'B') this.base64(value, depth);
    else if (value !== '') this.hex(value, field.kind === 'T' ? 32 : 16, depth);
    return this.close(start);
  }

  private hex(value: string, digits: number, depth: number): void {
    if (value.length !== digits) throw this.invalid('id', depth + 1, `must have ${digits} hex digits`);
    this.reserve(digits);
    for (let i = 0; i < digits; i += 2) {
      const byte = ((HEX[value.charCodeAt(i)] ?? 16) << 4) | (HEX[value.charCodeAt(i + 1)] ?? 0x100);
      if (byte > 0xff) throw this.invalid('id', depth + 1, `must have ${digits} hex digits`);
      this.buffer[this.position++] = byte;
    }
  }

  private base64(value: string, depth: number): void {
    const whole = value.endsWith('=') ? value.length % 4 === 0 : value.length % 4 !== 1;
    if (!whole || !BASE64.test(value)) throw this.invalid('value', depth + 1, 'must be base64');
    this.raw(Buffer.from(value, 'base64'));
  }

  private int64(signed: boolean, value: unknown, depth: number): void {
    if (!parseInt64(value, signed, this)) {
      throw this.invalid('value', depth + 1, `must be ${signed ? 'a signed' : 'an unsigned'} 64-bit integer`);
    }
  }

  private int32(field: Field, value: unknown, min: number, max: number, depth: number): number {
    const integer = typeof value === 'string' && field.kind !== 'e' && INTEGER.test(value) ? Number(value) : value;
    if (typeof integer === 'number' && Number.isInteger(integer) && integer >= min && integer <= max) return integer;
    throw this.invalid('value', depth + 1, `must be an integer from ${min} to ${max}`);
  }

  private double(value: unknown, depth: number): number {
    if (typeof value === 'number') return value;
    if (typeof value === 'string') {
      if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
      if (NUMBER.test(value) && Number.isFinite(Number(value))) return Number(value);
    }
    throw this.invalid('value', depth + 1, 'must be a number');
  }

  /** `depth` is that of the message at fault, or one more when its current field is. */
  private invalid(reason: InvalidOtlpReason, depth: number, what: string): InvalidOtlpError {
    let path = '';
    for (let level = 1; level < depth; level++) {
      const index = this.indexes[level] ?? -1;
      path += `${path === '' ? '' : '.'}${this.path[level]?.name ?? ''}${index < 0 ? '' : `[${index}]`}`;
    }
    return new InvalidOtlpError(reason, `${path === '' ? 'the message' : path} ${what}`);
  }
}

const INTEGER = /^-?\d{1,10}$/;
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** The standard and the URL-safe alphabet, padded or not, as the JSON mapping of protobuf asks. */
const BASE64 = /^[\w+/-]*={0,2}$/;
