import { readFileSync } from 'node:fs';
import type { Signal } from '@serverless-otlp/otlp';
import protobuf from 'protobufjs';

/** The full protobuf name of each signal's request. */
export const REQUEST_NAMES: Readonly<Record<Signal, string>> = {
  traces: 'opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest',
  metrics: 'opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest',
  logs: 'opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest',
};

/** Fields that every message of a newer schema has and ours lacks, by JSON name. */
export const NEWER_FIELDS: Readonly<Record<string, protobuf.IField>> = {
  newerText: { type: 'string', id: 2000 },
  newerNumber: { type: 'fixed64', id: 0x1fffffff },
  newerFlags: { type: 'fixed32', id: 777 },
  newerCounts: { type: 'uint64', id: 19, rule: 'repeated', options: { packed: true } },
};

const schemaFile = new URL('../../otlp/schema/otlp-schema-v1.11.json', import.meta.url);

/** Wire types of proto3 that are packed when repeated. */
const PACKABLE = /^(?:u?int|s?fixed)(?:32|64)$|^double$/;

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The schema file holds the names of the `.proto` files and leaves to the reader what proto3 implies: JSON names, packed numbers. */
const asProto3 = (node: unknown, newer: boolean): unknown => {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, asProto3(value, newer)]));
  if ('fields' in node) {
    const fields = Object.entries(node.fields as Record<string, protobuf.IField>).map(([name, field]) => [
      camelCase(name),
      field.rule === 'repeated' && PACKABLE.test(field.type) ? { ...field, options: { packed: true } } : field,
    ]);
    copy.fields = { ...Object.fromEntries(fields), ...(newer ? NEWER_FIELDS : {}) };
  }
  if ('oneofs' in node) {
    const oneofs = Object.entries(node.oneofs as Record<string, { oneof: readonly string[] }>);
    copy.oneofs = Object.fromEntries(oneofs.map(([name, { oneof }]) => [name, { oneof: oneof.map(camelCase) }]));
  }
  return copy;
};

/** The OTLP schema as protobufjs reflects it; with `newer`, a future one in which every message has `NEWER_FIELDS` besides. */
export const schemaRoot = (newer = false): protobuf.Root => {
  const schema = asProto3(JSON.parse(readFileSync(schemaFile, 'utf8')), newer);
  const root = protobuf.Root.fromJSON(schema as protobuf.INamespace);
  root.resolveAll();
  return root;
};
