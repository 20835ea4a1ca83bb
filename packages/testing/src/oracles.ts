import {
  create,
  createFileRegistry,
  type DescMessage,
  type FileRegistry,
  fromBinary,
  fromJson,
  type JsonValue,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import type { Signal } from '@serverless-otlp/otlp';
import protobuf from 'protobufjs';
import { REQUEST_NAMES, schemaRoot } from './oracles-schema.ts';

/** A complete, independent OTLP codec between protobuf and the shape of OTLP/JSON. */
export interface Oracle {
  readonly name: string;
  /** Hex ids, decimal strings, integer enums, base64, `"NaN"`; throws whatever its library throws. */
  decode(signal: Signal, bytes: Uint8Array): unknown;
  encode(signal: Signal, value: unknown): Uint8Array;
}

/** Ids are the one place where OTLP/JSON differs from the JSON of protobuf: hex instead of base64. No other key has these names. */
const mapIds = (value: unknown, map: (id: string) => string): unknown => {
  if (Array.isArray(value)) return value.map((element) => mapIds(element, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => [
      key,
      /^(?:traceId|spanId|parentSpanId)$/.test(key) && typeof held === 'string' ? map(held) : mapIds(held, map),
    ]),
  );
};
const hexToBase64 = (id: string): string => Buffer.from(id, 'hex').toString('base64');
const base64ToHex = (id: string): string => Buffer.from(id, 'base64').toString('hex');

const protobufjsOn = (name: string, newer: boolean): Oracle => {
  let root: protobuf.Root | undefined;
  const typeOf = (signal: Signal): protobuf.Type => (root ??= schemaRoot(newer)).lookupType(REQUEST_NAMES[signal]);
  return {
    name,
    decode(signal, bytes) {
      const type = typeOf(signal);
      return mapIds(type.toObject(type.decode(bytes), { longs: String, bytes: String, json: true }), base64ToHex);
    },
    encode(signal, value) {
      const type = typeOf(signal);
      return type.encode(type.fromObject(mapIds(value, hexToBase64) as Record<string, unknown>)).finish();
    },
  };
};

/** The codec of protobufjs on the schema file. */
export const protobufjsOracle: Oracle = protobufjsOn('protobufjs', false);

/** protobufjs on a future schema (`NEWER_FIELDS`): what we must carry although we do not know it. */
export const newerOracle: Oracle = protobufjsOn('protobufjs, newer schema', true);

const TYPES: Readonly<Record<string, Type>> = {
  string: Type.STRING,
  bytes: Type.BYTES,
  bool: Type.BOOL,
  double: Type.DOUBLE,
  fixed32: Type.FIXED32,
  fixed64: Type.FIXED64,
  int32: Type.INT32,
  int64: Type.INT64,
  sfixed64: Type.SFIXED64,
  sint32: Type.SINT32,
  uint32: Type.UINT32,
  uint64: Type.UINT64,
};

const flatName = (type: protobuf.ReflectionObject): string => type.fullName.slice(1).replaceAll('.', '_');

const typesIn = (namespace: protobuf.NamespaceBase): readonly protobuf.Type[] =>
  namespace.nestedArray.flatMap((nested) => [
    ...(nested instanceof protobuf.Type ? [nested] : []),
    ...(nested instanceof protobuf.Namespace ? typesIn(nested) : []),
  ]);

const fieldDescriptor = (field: protobuf.Field, type: protobuf.Type): object => {
  const oneofIndex = field.partOf === null ? -1 : type.oneofsArray.indexOf(field.partOf);
  const message = field.resolvedType instanceof protobuf.Type ? field.resolvedType : undefined;
  return {
    name: field.name,
    jsonName: field.name,
    number: field.id,
    label: field.repeated ? Label.REPEATED : Label.OPTIONAL,
    // An enum as an int32, which is the same on the wire: OTLP/JSON has integers where the JSON of protobuf has names (rule J2).
    type: message === undefined ? (TYPES[field.type] ?? Type.INT32) : Type.MESSAGE,
    ...(message === undefined ? {} : { typeName: `.otlp.${flatName(message)}` }),
    ...(oneofIndex < 0 ? {} : { oneofIndex, proto3Optional: field.partOf?.name.startsWith('_') === true }),
  };
};

/** One file of flat messages: packages and imports do not show on the wire. */
const fileDescriptor = (): FileDescriptorProto =>
  create(FileDescriptorProtoSchema, {
    name: 'otlp.proto',
    package: 'otlp',
    syntax: 'proto3',
    messageType: typesIn(schemaRoot()).map((type) => ({
      name: flatName(type),
      field: type.fieldsArray.map((field) => fieldDescriptor(field, type)),
      oneofDecl: type.oneofsArray.map(({ name }) => ({ name })),
    })),
  });

let registry: FileRegistry | undefined;

const descriptorOf = (signal: Signal): DescMessage => {
  registry ??= createFileRegistry(fileDescriptor(), () => undefined);
  const found = registry.getMessage(`otlp.${REQUEST_NAMES[signal].replaceAll('.', '_')}`);
  if (found === undefined) throw new Error(`no descriptor of ${signal}`);
  return found;
};

/** The codec of Buf's protobuf-es on descriptors made from the schema file: a second implementation that shares no code with the first. */
export const protobufEsOracle: Oracle = {
  name: 'protobuf-es',
  decode(signal, bytes) {
    const type = descriptorOf(signal);
    return mapIds(toJson(type, fromBinary(type, bytes)), base64ToHex);
  },
  encode(signal, value) {
    const type = descriptorOf(signal);
    const json = mapIds(value, hexToBase64) as JsonValue;
    return toBinary(type, fromJson(type, json, { ignoreUnknownFields: true }));
  },
};

/** The independent codecs on the schema we know. */
export const ORACLES: readonly Oracle[] = [protobufjsOracle, protobufEsOracle];
