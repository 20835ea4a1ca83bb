import { isUtf8 } from 'node:buffer';
import { InvalidOtlpError } from '../invalid-otlp-error.ts';
import type { Signal } from '../signal.ts';
import { FIXED64, MAX_FIELDS, MAX_MESSAGES, MAX_NESTING, requestMessage, VARINT } from './table.ts';
import {
  CHECK_STRING,
  childOf,
  ENTER,
  ENTER_ATTRIBUTE,
  fieldOf,
  type Plan,
  planOf,
  ruleOf,
  SKIP_BYTES,
  SKIP_FIXED32,
  SKIP_FIXED64,
  SKIP_VARINT,
} from './validate-plan.ts';

/**
 * Checks the whole structure of an `Export…ServiceRequest` in one linear pass, without building objects: wire types, lengths,
 * nesting, UTF-8 of strings, length of ids. Only what passes may be merged: one bad part would make a receiver refuse everybody's.
 *
 * @returns the number of items: spans, data points or log records.
 * @throws {InvalidOtlpError} `protobuf`, `utf8`, `id`, `too_deep`, `too_large` or `ambiguous`.
 */
export const validateRequest = (signal: Signal, bytes: Uint8Array): number => {
  messages = 0;
  fields = 0;
  view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    return validateMessage(bytes, 0, bytes.length, planOf(requestMessage(signal)), 1);
  } finally {
    view = NOTHING; // it would keep the bytes in memory
  }
};

const NOTHING = new DataView(new ArrayBuffer(0));

/** The messages and fields that the pass has seen and the bytes it reads; one pass never begins inside another. */
let messages = 0;
let fields = 0;
let view: DataView = NOTHING;

const broken = ({ message }: Plan, what: string): InvalidOtlpError =>
  new InvalidOtlpError('protobuf', `${message.name}: ${what}`);

const validateMessage = (bytes: Uint8Array, start: number, end: number, plan: Plan, depth: number): number => {
  if (depth > MAX_NESTING) throw new InvalidOtlpError('too_deep', `nested deeper than ${MAX_NESTING} messages`);
  if (++messages > MAX_MESSAGES) throw new InvalidOtlpError('too_large', `more than ${MAX_MESSAGES} messages`);
  const { rules, children } = plan;
  let { items } = plan;
  let oneofMessage = false;
  let position = start;
  let own = 0;
  while (position < end) {
    own++;
    let tag = bytes[position++] ?? 0;
    let rule = rules[tag] ?? 0;
    if (tag > 0x7f) {
      tag = varint32(bytes, position - 1, end, plan);
      position = cursor;
      rule = ruleOf(plan.message, tag);
    }
    if (rule >= SKIP_BYTES) {
      let length = bytes[position++] ?? 0;
      if (position > end) throw broken(plan, 'ends inside a length');
      if (length > 0x7f) {
        length = varint32(bytes, position - 1, end, plan);
        position = cursor;
      }
      const fieldEnd = position + length;
      if (fieldEnd > end) throw broken(plan, 'a length that reaches beyond its message');
      if (rule === ENTER_ATTRIBUTE && depth < MAX_NESTING - 1 && isTextAttribute(bytes, position, fieldEnd)) {
        messages += 2;
      } else if (rule >= ENTER) {
        const number = tag >>> 3;
        const child = (children[number] ??= childOf(plan, tag));
        if (child.inOneof) {
          // Two members of a oneof: decoders keep the last or merge them, so nobody could say how many items these are.
          if (oneofMessage) throw new InvalidOtlpError('ambiguous', `${plan.message.name}: a oneof that is set twice`);
          oneofMessage = true;
        }
        items += validateMessage(bytes, position, fieldEnd, child.plan, depth + 1);
      } else if (rule === CHECK_STRING) {
        if (!isAscii(bytes, position, fieldEnd)) validateUtf8(bytes, position, fieldEnd, plan, tag);
      } else if (rule !== SKIP_BYTES) {
        validateRare(bytes, position, fieldEnd, plan, tag);
      }
      position = fieldEnd;
    } else if (rule === SKIP_VARINT) {
      if ((bytes[position] ?? 0) < 0x80) position++;
      else position = endOfVarint(bytes, position, end, plan);
    } else if (rule === SKIP_FIXED64) {
      position += 8;
    } else if (rule === SKIP_FIXED32) {
      position += 4;
    } else {
      throw broken(plan, `field ${tag >>> 3} with wire type ${tag & 7}`);
    }
  }
  if (position > end) throw broken(plan, 'ends inside a field');
  if ((fields += own) > MAX_FIELDS) throw crowded();
  return items;
};

const crowded = (): InvalidOtlpError => new InvalidOtlpError('too_large', `more than ${MAX_FIELDS} fields`);

/** Four bytes at a time: most of the pass is spent here. */
const isAscii = (bytes: Uint8Array, start: number, end: number): boolean => {
  let bits = 0;
  let i = start;
  for (const words = end - 3; i < words; i += 4) bits |= view.getInt32(i);
  for (; i < end; i++) bits |= bytes[i] ?? 0;
  return (bits & 0x80808080) === 0;
};

/**
 * Whether this is a `KeyValue` as nearly all are written: a key and a text value, both short and ASCII. Two messages and four
 * fields recognised by five bytes: a third of the whole pass. `false` only means to look at it field by field.
 */
const isTextAttribute = (bytes: Uint8Array, start: number, end: number): boolean => {
  const keyEnd = start + 2 + (bytes[start + 1] ?? 0);
  if (bytes[start] !== 0x0a || keyEnd + 4 > end || bytes[keyEnd] !== 0x12) return false;
  const valueBytes = bytes[keyEnd + 1] ?? 0;
  if (keyEnd + 2 + valueBytes !== end || bytes[keyEnd + 2] !== 0x0a) return false;
  // Tags and lengths are below 0x80 as well: one look at all of it.
  return bytes[keyEnd + 3] === valueBytes - 2 && isAscii(bytes, start, end);
};

const validateUtf8 = (bytes: Uint8Array, start: number, end: number, plan: Plan, tag: number): void => {
  if (isUtf8(bytes.subarray(start, end))) return;
  throw new InvalidOtlpError('utf8', `${plan.message.name}.${fieldOf(plan, tag)?.name ?? ''} is not valid UTF-8`);
};

/** Ids, whose length is fixed, and packed numbers. */
const validateRare = (bytes: Uint8Array, start: number, end: number, plan: Plan, tag: number): void => {
  const field = fieldOf(plan, tag);
  const length = end - start;
  if (field?.kind === 'T' || field?.kind === 'S') {
    if (length === 0 || length === (field.kind === 'T' ? 16 : 8)) return;
    throw new InvalidOtlpError('id', `${plan.message.name}.${field.name} has ${length} bytes`);
  }
  if (field?.wireType === VARINT) {
    let position = start;
    let numbers = 0;
    for (; position < end; numbers++) position = endOfVarint(bytes, position, end, plan);
    if ((fields += numbers) > MAX_FIELDS) throw crowded();
  } else if (length % (field?.wireType === FIXED64 ? 8 : 4) !== 0) {
    throw broken(plan, `packed length of ${field?.name ?? ''}`);
  }
};

/** The position behind the varint at `position`: at most ten bytes, and the tenth at most 1. */
const endOfVarint = (bytes: Uint8Array, position: number, end: number, plan: Plan): number => {
  const limit = Math.min(end, position + 10);
  for (let i = position; i < limit; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x80) {
      if (i - position === 9 && byte > 1) throw broken(plan, 'a varint of more than 64 bits');
      return i + 1;
    }
  }
  throw broken(plan, limit === end ? 'ends inside a varint' : 'a varint of more than ten bytes');
};

/** Where the varint read by `varint32` ends: a second result without an allocation. */
let cursor = 0;

/** The varint at `position` as a tag or length: at most 32 bits. Leaves its end in `cursor`. */
const varint32 = (bytes: Uint8Array, position: number, end: number, plan: Plan): number => {
  cursor = endOfVarint(bytes, position, end, plan);
  // Some decoders read no further than this, and would refuse what was merged with it.
  if (cursor - position > 5) throw broken(plan, 'a tag or length of more than five bytes');
  let value = 0;
  for (let i = cursor - 1; i >= position; i--) value = value * 128 + ((bytes[i] ?? 0) & 0x7f);
  if (value > 0xffffffff) throw broken(plan, 'a tag or length of more than 32 bits');
  return value;
};
