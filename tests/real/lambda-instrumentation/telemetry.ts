import type { Items } from '../sent.ts';

type Attribute = { readonly key: string; readonly value?: Readonly<Record<string, unknown>> };
interface Item {
  readonly resource: { readonly resource?: { readonly attributes?: readonly Attribute[] } };
  readonly scope: { readonly scope?: { readonly name?: string } };
  readonly item: Readonly<Record<string, unknown>>;
}

/** A span, as far as it is looked at here. */
export interface Span {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  /** `traceId/spanId` of each. */
  readonly links: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly failed: boolean;
  readonly exceptions: readonly unknown[];
  /** Epoch milliseconds. */
  readonly endMs: number;
  readonly durationMs: number;
}
/** A log record. */
export interface Log {
  readonly body: unknown;
  readonly traceId: string;
  readonly spanId: string;
}
/** The sum of a counter's points. */
export type Counts = Readonly<Record<string, number>>;

/** What a service has sent. */
export interface Telemetry {
  readonly spans: readonly Span[];
  readonly logs: readonly Log[];
  readonly counts: Counts;
}

const valueOf = (value: Readonly<Record<string, unknown>> | undefined): unknown => Object.values(value ?? {})[0];
const attributesOf = (list: unknown): Readonly<Record<string, unknown>> =>
  Object.fromEntries(((list ?? []) as readonly Attribute[]).map(({ key, value }) => [key, valueOf(value)]));
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const ERROR = 2;

const spanOf = ({ item }: Item): Span => {
  const links = (item['links'] ?? []) as readonly Readonly<Record<string, string>>[];
  const events = (item['events'] ?? []) as readonly Readonly<Record<string, unknown>>[];
  const [start, end] = ['startTimeUnixNano', 'endTimeUnixNano'].map(
    (key) => Number(BigInt(text(item[key])) / 1000n) / 1000,
  );
  return {
    name: text(item['name']),
    kind: Number(item['kind']),
    traceId: text(item['traceId']),
    spanId: text(item['spanId']),
    parentSpanId: text(item['parentSpanId']),
    links: links.map(({ spanId = '', traceId = '' }) => `${traceId}/${spanId}`),
    attributes: attributesOf(item['attributes']),
    failed: (item['status'] as { readonly code?: number } | undefined)?.code === ERROR,
    exceptions: events.map(({ attributes }) => attributesOf(attributes)['exception.type']),
    endMs: end ?? 0,
    durationMs: (end ?? 0) - (start ?? 0),
  };
};

const logOf = ({ item }: Item): Log => ({
  body: valueOf(item['body'] as Readonly<Record<string, unknown>>),
  traceId: text(item['traceId']),
  spanId: text(item['spanId']),
});

const countsOf = (items: readonly Item[]): Counts => {
  const counts: Record<string, number> = {};
  for (const { item } of items) {
    const { metric, point } = item as { readonly metric: { name: string }; readonly point: Record<string, string> };
    counts[metric.name] = (counts[metric.name] ?? 0) + Number(point['asInt'] ?? point['count'] ?? point['asDouble']);
  }
  return counts;
};

/** What the items of one service say; its name is in the resource of each. */
export const telemetryOf = (items: Items, service: string): Telemetry => {
  const of = (list: readonly string[]): readonly Item[] =>
    list
      .map((one) => JSON.parse(one) as Item)
      .filter(({ resource }) => attributesOf(resource.resource?.attributes)['service.name'] === service);
  return { spans: of(items.traces).map(spanOf), logs: of(items.logs).map(logOf), counts: countsOf(of(items.metrics)) };
};
