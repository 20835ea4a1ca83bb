import type { OtlpRequest } from '@serverless-otlp/otlp';

/** An OTLP/JSON `AnyValue`, as far as it is shown to people. */
export interface AnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string | number;
  readonly doubleValue?: number | string;
  readonly bytesValue?: string;
  readonly arrayValue?: { readonly values?: readonly AnyValue[] };
  readonly kvlistValue?: { readonly values?: readonly KeyValue[] };
}

/** An OTLP/JSON attribute. */
export interface KeyValue {
  readonly key?: string;
  readonly value?: AnyValue;
}

/** The fields of OTLP/JSON messages that are shown; proto3 leaves out what has its default value, so nothing is certain. */
export interface Fields {
  readonly [name: string]: unknown;
  readonly attributes?: readonly KeyValue[];
}

/** The list under this name, empty when it is left out. */
export const listOf = (fields: Fields, name: string): readonly Fields[] => (fields[name] ?? []) as readonly Fields[];

/** The text under this name, empty when it is left out. */
export const textOf = (fields: Fields, name: string): string => (fields[name] ?? '') as string;

/** The 64-bit integer under this name, 0 when it is left out. */
export const bigintOf = (fields: Fields, name: string): bigint => BigInt((fields[name] ?? 0) as string | number);

/** An attribute value for people to read: text as it is, the rest much like JSON. Not made safe for a terminal. */
export const valueText = (value: AnyValue | undefined, depth = 0): string => {
  if (value === undefined) return '';
  if (value.stringValue !== undefined) return depth === 0 ? value.stringValue : JSON.stringify(value.stringValue);
  if (value.arrayValue !== undefined)
    return `[${(value.arrayValue.values ?? []).map((each) => valueText(each, depth + 1)).join(', ')}]`;
  if (value.kvlistValue !== undefined) return `{${attributeTexts(value.kvlistValue.values, depth + 1).join(', ')}}`;
  return String(value.boolValue ?? value.intValue ?? value.doubleValue ?? value.bytesValue ?? '');
};

/** Attributes as `key=value` texts, in their order. */
export const attributeTexts = (attributes: readonly KeyValue[] | undefined, depth = 0): readonly string[] =>
  (attributes ?? []).map(({ key, value }) => `${key ?? ''}=${valueText(value, depth)}`);

/** The text of the attribute of this name; `undefined` when there is none. */
export const attributeOf = (fields: Fields | undefined, name: string): string | undefined => {
  const found = fields?.attributes?.find(({ key }) => key === name);
  return found === undefined ? undefined : valueText(found.value);
};

const LEVELS = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
} as const;

/** A span, metric or log record with the service it came from. */
export interface Located {
  readonly service: string;
  readonly fields: Fields;
}

/** Every span, metric (with all its points) or log record of a request, in order. */
export const locatedItems = (request: OtlpRequest): readonly Located[] => {
  const [resources, scopes, items] = LEVELS[request.signal];
  return listOf(request.message as unknown as Fields, resources).flatMap((entry) => {
    const service = attributeOf(entry['resource'] as Fields | undefined, 'service.name') ?? 'unknown_service';
    return listOf(entry, scopes).flatMap((scope) => listOf(scope, items).map((fields) => ({ service, fields })));
  });
};
