import type { Signal } from '@serverless-otlp/otlp';
import { protobufjsOracle, sampleRequest } from '@serverless-otlp/testing';

/** Ids are written into items so that servers find them without decoding anything: `@@00001234;`. */
const DIGITS = 8;
const MARK = '@@';
const LENGTH = MARK.length + DIGITS + 1;

const textOf = (id: number): string => `${MARK}${String(id).padStart(DIGITS, '0')};`;

/** Where ids are in a body, and which. A trace id of chance may hold the mark, but no digits behind it. */
function* found(body: Buffer): Generator<readonly [at: number, id: number]> {
  for (let at = body.indexOf(MARK); at >= 0; at = body.indexOf(MARK, at + 1)) {
    const text = body.toString('latin1', at + MARK.length, at + LENGTH);
    if (/^\d{8};$/.test(text)) yield [at, Number(text.slice(0, -1))];
  }
}

/** The ids in a request, protobuf or JSON, in order. */
export const idsIn = (bytes: Uint8Array): number[] =>
  Array.from(found(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)), ([, id]) => id);

/** A request whose ids are filled in later: encoding thousands of items for each line would take most of the time. */
interface Template {
  readonly json: readonly string[];
  readonly bytes: Buffer;
  /** Where ids begin in `bytes`. */
  readonly offsets: readonly number[];
}

const templates = new Map<string, Template>();

const templateOf = (signal: Signal, items: number): Template => {
  const key = `${signal} ${items}`;
  const known = templates.get(key);
  if (known !== undefined) return known;
  const sample = JSON.stringify(sampleRequest(signal, { items, idPrefix: 'id' }));
  const json = sample.replace(/id-1-(\d+)/g, (_, index: string) => textOf(Number(index)));
  const bytes = Buffer.from(protobufjsOracle.encode(signal, JSON.parse(json)));
  const offsets = Array.from(found(bytes), ([at]) => at);
  if (offsets.length !== items) throw new Error(`${offsets.length} marks in ${items} items`);
  const template = { json: json.split(/@@\d+;/), bytes, offsets };
  templates.set(key, template);
  return template;
};

/** A request of protobuf, encoded by an independent codec, with these ids. */
export const protobufOf = (signal: Signal, ids: readonly number[]): Buffer => {
  const { bytes, offsets } = templateOf(signal, ids.length);
  const filled = Buffer.from(bytes);
  ids.forEach((id, index) => filled.write(textOf(id), offsets[index] ?? 0, 'latin1'));
  return filled;
};

/** The same as OTLP/JSON. */
export const jsonOf = (signal: Signal, ids: readonly number[]): string =>
  templateOf(signal, ids.length).json.reduce((text, piece, index) => text + textOf(ids[index - 1] ?? 0) + piece);
