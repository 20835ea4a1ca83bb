import type { Received } from '@serverless-otlp/dev-server';
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

/** The ids of what arrived, each once. */
export interface Arrivals {
  readonly traces: ReadonlySet<string>;
  readonly metrics: ReadonlySet<string>;
  readonly logs: ReadonlySet<string>;
  /** Decodes a body as it came off the wire and notes the ids in it. */
  add(received: Received): void;
}

type Node = Readonly<Record<string, unknown>>;

const SCHEMA = new URL('../../../packages/otlp/schema/otlp-schema-v1.11.json', import.meta.url);

const TYPES = {
  traces: ['trace', 'ExportTraceServiceRequest'],
  metrics: ['metrics', 'ExportMetricsServiceRequest'],
  logs: ['logs', 'ExportLogsServiceRequest'],
} as const;

const PATHS = {
  traces: ['resource_spans', 'scope_spans', 'spans'],
  metrics: ['resource_metrics', 'scope_metrics', 'metrics'],
  logs: ['resource_logs', 'scope_logs', 'log_records'],
} as const;

const POINTS = ['gauge', 'sum', 'histogram', 'exponential_histogram', 'summary'];

const listOf = (node: Node, name: string): readonly Node[] => (node[name] ?? []) as readonly Node[];

const below = (root: Node, path: readonly string[]): readonly Node[] =>
  path.reduce<readonly Node[]>((nodes, name) => nodes.flatMap((node) => listOf(node, name)), [root]);

const hex = (bytes: unknown): string => Buffer.from(bytes as Uint8Array).toString('hex');

const demoId = (node: Node): string => {
  const attribute = listOf(node, 'attributes').find(({ key }) => key === 'demo.id');
  return ((attribute?.['value'] as Node | undefined)?.['string_value'] ?? '') as string;
};

/**
 * Notes what arrived, read by protobufjs from OpenTelemetry's own schema: a decoder that shares nothing with the one that is under
 * test here.
 */
export const createArrivals = (): Arrivals => {
  const root = protobuf.Root.fromJSON(JSON.parse(readFileSync(SCHEMA, 'utf8')) as protobuf.INamespace);
  const types = Object.fromEntries(
    Object.entries(TYPES).map(([signal, [group, name]]) => [
      signal,
      root.lookupType(`opentelemetry.proto.collector.${group}.v1.${name}`),
    ]),
  );
  const seen = { traces: new Set<string>(), metrics: new Set<string>(), logs: new Set<string>() };
  return {
    ...seen,
    add: ({ signal, body, contentType }) => {
      const type = types[signal];
      if (type === undefined || contentType !== 'application/x-protobuf')
        throw new TypeError(`cannot read ${contentType}`);
      const items = below(type.decode(body), PATHS[signal]);
      if (signal === 'traces')
        for (const span of items) seen.traces.add(`${hex(span['trace_id'])}-${hex(span['span_id'])}`);
      if (signal === 'logs') for (const record of items) seen.logs.add(demoId(record));
      if (signal !== 'metrics') return;
      for (const metric of items) {
        const points = POINTS.flatMap((name) => listOf((metric[name] ?? {}) as Node, 'data_points'));
        for (const point of points) seen.metrics.add(demoId(point));
      }
    },
  };
};
