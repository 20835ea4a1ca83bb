import { isUtf8 } from 'node:buffer';
import { InvalidOtlpError } from '../invalid-otlp-error.ts';
import type { Signal } from '../signal.ts';
import { type Field, FIXED32, FIXED64, LENGTH, MAX_NESTING, type Message, REQUEST_MESSAGES, VARINT } from './table.ts';

/**
 * Checks the whole structure of an `Export…ServiceRequest` in one linear pass, without building objects: wire types, lengths,
 * nesting, UTF-8 of strings, length of ids. Only what passes may be merged: one bad part would make a receiver refuse everybody's.
 *
 * @returns the number of items: spans, data points or log records.
 * @throws {InvalidOtlpError} `protobuf`, `utf8`, `id`, `too_deep` or `ambiguous`.
 */
export const validateRequest = (signal: Signal, bytes: Uint8Array): number =>
  validateMessage(bytes, 0, bytes.length, REQUEST_MESSAGES[signal], 1);

const broken = (message: Message, what: string): InvalidOtlpError =>
  new InvalidOtlpError('protobuf', `${message.name}: ${what}`);

const validateMessage = (bytes: Uint8Array, start: number, end: number, message: Message, depth: number): number => {
  if (depth > MAX_NESTING) throw new InvalidOtlpError('too_deep', `nested deeper than ${MAX_NESTING} messages`);
  let items = message.isItem ? 1 : 0;
  let oneofMessage = false;
  let position = start;
  while (position < end) {
    let tag = bytes[position++] ?? 0;
    if (tag > 0x7f) {
      tag = varint32(bytes, position - 1, end, message);
      position = cursor;
    }
    const field = message.byNumber[tag >>> 3];
    if (tag >>> 3 === 0) throw broken(message, 'field number 0');
    switch (tag & 7) {
      case VARINT:
        if (field !== undefined && field.wireType !== VARINT) throw broken(message, `wire type of ${field.name}`);
        position = endOfVarint(bytes, position, end, message);
        break;
      case FIXED64:
        if (field !== undefined && field.wireType !== FIXED64) throw broken(message, `wire type of ${field.name}`);
        position += 8;
        break;
      case FIXED32:
        if (field !== undefined && field.wireType !== FIXED32) throw broken(message, `wire type of ${field.name}`);
        position += 4;
        break;
      case LENGTH: {
        let length = bytes[position++] ?? 0;
        if (position > end) throw broken(message, 'ends inside a length');
        if (length > 0x7f) {
          length = varint32(bytes, position - 1, end, message);
          position = cursor;
        }
        const fieldEnd = position + length;
        if (fieldEnd > end) throw broken(message, 'a length that reaches beyond its message');
        if (field !== undefined) {
          if (field.message !== undefined) {
            if (field.presence) {
              // Two members of a oneof: decoders keep the last or merge them, so nobody could say how many items these are.
              if (oneofMessage) throw new InvalidOtlpError('ambiguous', `${message.name}: a oneof that is set twice`);
              oneofMessage = true;
            }
            items += validateMessage(bytes, position, fieldEnd, field.message, depth + 1);
          } else {
            validateLeaf(bytes, position, fieldEnd, field, message);
          }
        }
        position = fieldEnd;
        break;
      }
      default:
        throw broken(message, `wire type ${tag & 7}`);
    }
  }
  if (position > end) throw broken(message, 'ends inside a field');
  return items;
};

const validateLeaf = (bytes: Uint8Array, start: number, end: number, field: Field, message: Message): void => {
  switch (field.kind) {
    case 's':
      for (let i = start; i < end; i++) {
        if ((bytes[i] ?? 0) > 0x7f) {
          if (isUtf8(bytes.subarray(i, end))) return;
          throw new InvalidOtlpError('utf8', `${message.name}.${field.name} is not valid UTF-8`);
        }
      }
      return;
    case 'T':
    case 'S': {
      const length = end - start;
      if (length === 0 || length === (field.kind === 'T' ? 16 : 8)) return;
      throw new InvalidOtlpError('id', `${message.name}.${field.name} has ${length} bytes`);
    }
    case 'B':
      return;
    default:
      validatePacked(bytes, start, end, field, message);
  }
};

const validatePacked = (bytes: Uint8Array, start: number, end: number, field: Field, message: Message): void => {
  if (!field.repeated) throw broken(message, `wire type of ${field.name}`);
  if (field.wireType === VARINT) {
    let position = start;
    while (position < end) position = endOfVarint(bytes, position, end, message);
  } else if ((end - start) % (field.wireType === FIXED64 ? 8 : 4) !== 0) {
    throw broken(message, `packed length of ${field.name}`);
  }
};

/** The position behind the varint at `position`: at most ten bytes, and the tenth at most 1. */
const endOfVarint = (bytes: Uint8Array, position: number, end: number, message: Message): number => {
  const limit = Math.min(end, position + 10);
  for (let i = position; i < limit; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x80) {
      if (i - position === 9 && byte > 1) throw broken(message, 'a varint of more than 64 bits');
      return i + 1;
    }
  }
  throw broken(message, limit === end ? 'ends inside a varint' : 'a varint of more than ten bytes');
};

/** Where the varint read by `varint32` ends: a second result without an allocation. */
let cursor = 0;

/** The varint at `position` as a tag or length: at most 32 bits. Leaves its end in `cursor`. */
const varint32 = (bytes: Uint8Array, position: number, end: number, message: Message): number => {
  cursor = endOfVarint(bytes, position, end, message);
  let value = 0;
  for (let i = cursor - 1; i >= position; i--) value = value * 128 + ((bytes[i] ?? 0) & 0x7f);
  if (value > 0xffffffff) throw broken(message, 'a tag or length of more than 32 bits');
  return value;
};
