/** A 64-bit integer in decimal digits, as OTLP/JSON writes it (rule J5). */
export type Int64 = string;

/** Nanoseconds since the Unix epoch in decimal digits. */
export type UnixNano = Int64;

/** A double; what JSON has no number for is one of three words. */
export type Double = number | 'NaN' | 'Infinity' | '-Infinity';

/** Lower-case hex digits: 32 of a trace id, 16 of a span id, none when there is none. */
export type HexId = string;

/** An attribute value or log body. At most one field is set; none means an empty value. */
export interface AnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: Int64;
  readonly doubleValue?: Double;
  readonly arrayValue?: ArrayValue;
  readonly kvlistValue?: KeyValueList;
  /** base64 */
  readonly bytesValue?: string;
  readonly stringValueStrindex?: number;
}

/** A list of values. */
export interface ArrayValue {
  readonly values?: readonly AnyValue[];
}

/** A map of values. */
export interface KeyValueList {
  readonly values?: readonly KeyValue[];
}

/** An attribute. */
export interface KeyValue {
  readonly key?: string;
  readonly value?: AnyValue;
  readonly keyStrindex?: number;
}

/** What can carry attributes. */
export interface WithAttributes {
  readonly attributes?: readonly KeyValue[];
  readonly droppedAttributesCount?: number;
}

/** The library that recorded. */
export interface InstrumentationScope extends WithAttributes {
  readonly name?: string;
  readonly version?: string;
}

/** Which attributes of a resource identify and describe one entity. */
export interface EntityRef {
  readonly schemaUrl?: string;
  readonly type?: string;
  readonly idKeys?: readonly string[];
  readonly descriptionKeys?: readonly string[];
}

/** Who recorded. */
export interface Resource extends WithAttributes {
  readonly entityRefs?: readonly EntityRef[];
}
