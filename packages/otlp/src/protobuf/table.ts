import type { Signal } from '../signal.ts';
import { SCHEMA } from './schema.ts';

/** Protobuf wire types that OTLP uses. Source: protobuf encoding guide. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const FIXED32 = 5;

/**
 * What a field holds: `s` string, `B` bytes, `T`/`S` trace and span id (hex in OTLP/JSON), `m` message, `b` bool, `e` enum,
 * `u` uint32, `j` int32, `z` sint32, `U` uint64, `I` int64, `f` fixed32, `F` fixed64, `g` sfixed64, `d` double.
 */
export type Kind = 's' | 'B' | 'T' | 'S' | 'm' | 'b' | 'e' | 'u' | 'j' | 'z' | 'U' | 'I' | 'f' | 'F' | 'g' | 'd';

/** One field of an OTLP message. */
export interface Field {
  readonly number: number;
  readonly kind: Kind;
  readonly repeated: boolean;
  /** Member of a oneof or `optional`: written even when it holds the default value. */
  readonly presence: boolean;
  /** The name in OTLP/JSON (lowerCamelCase). */
  readonly name: string;
  readonly wireType: number;
  /** The message of a field of kind `m`. */
  readonly message: Message | undefined;
}

/** One OTLP message: its fields by number and by JSON name. */
export interface Message {
  readonly name: string;
  readonly fields: readonly Field[];
  /** Sparse: index is the field number. */
  readonly byNumber: readonly (Field | undefined)[];
  /** By lowerCamelCase name, and by the original snake_case one, which receivers accept leniently (J4). */
  readonly byName: ReadonlyMap<string, Field>;
  /** Span, data point or log record: what counts as one item. */
  readonly isItem: boolean;
}

interface MutableMessage extends Message {
  readonly fields: Field[];
  readonly byNumber: (Field | undefined)[];
  readonly byName: Map<string, Field>;
}

const ITEMS: ReadonlySet<string> = new Set([
  'Span',
  'LogRecord',
  'NumberDataPoint',
  'HistogramDataPoint',
  'ExponentialHistogramDataPoint',
  'SummaryDataPoint',
]);

const wireTypeOf = (kind: Kind): number =>
  'beujzUI'.includes(kind) ? VARINT : 'Fgd'.includes(kind) ? FIXED64 : kind === 'f' ? FIXED32 : LENGTH;

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const load = (): ReadonlyMap<string, Message> => {
  const messages = new Map<string, MutableMessage>();
  for (const name of Object.keys(SCHEMA)) {
    messages.set(name, { name, fields: [], byNumber: [], byName: new Map(), isItem: ITEMS.has(name) });
  }
  for (const [name, words] of Object.entries(SCHEMA)) {
    const message = messages.get(name);
    for (const word of words.split(' ')) {
      const match = /^(\d+)(\w)(\*?)(\??)(\w+)(?::(\w+))?$/.exec(word);
      if (message === undefined || match === null) throw new Error(`schema: ${name} ${word}`);
      const kind = match[2] as Kind;
      const field: Field = {
        number: Number(match[1]),
        kind,
        repeated: match[3] !== '',
        presence: match[4] !== '',
        name: match[5] ?? '',
        wireType: wireTypeOf(kind),
        message: match[6] === undefined ? undefined : messages.get(match[6]),
      };
      message.fields.push(field);
      message.byNumber[field.number] = field;
      message.byName.set(field.name, field).set(snakeCase(field.name), field);
    }
    if (message !== undefined) for (let i = 0; i < message.byNumber.length; i++) message.byNumber[i] ??= undefined;
  }
  return messages;
};

let messages: ReadonlyMap<string, Message> | undefined;

/** The message of this name; a name that the schema lacks is a bug and throws. The table is made when it is first looked at. */
export const messageNamed = (name: string): Message => {
  const message = (messages ??= load()).get(name);
  if (message === undefined) throw new Error(`OTLP has no message ${name}`);
  return message;
};

const REQUEST_NAMES: Readonly<Record<Signal, string>> = { traces: 'Trace', metrics: 'Metrics', logs: 'Logs' };

/** The `Export…ServiceRequest` of a signal. */
export const requestMessage = (signal: Signal): Message => messageNamed(`Export${REQUEST_NAMES[signal]}ServiceRequest`);

/**
 * The deepest nesting of messages that is accepted.
 * 100 is the default recursion limit of the protobuf libraries for C++, Java and Rust: what is deeper would make them refuse
 * the whole merged request, and with it everybody else's telemetry.
 */
export const MAX_NESTING = 100;

/**
 * The most messages (resources, items, attributes, values …) one request may hold. A message takes two bytes on the wire and a
 * hundred decoded, so that a bomb could be well formed; 16 MiB of spans hold about 650 000.
 */
export const MAX_MESSAGES = 1_000_000;

/**
 * The most fields one request may hold, and packed varints, each of which is a number of one byte. A field takes two bytes on the wire
 * and may take a hundred decoded; in telemetry it takes six or more, so that 16 MiB hold about 2 500 000.
 */
export const MAX_FIELDS = 4_000_000;
