import type { Signal } from '@serverless-otlp/otlp';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';

/** What names each span, data point and log record of some telemetry, and the invocations that spans are of. */
export interface Items {
  readonly traces: Set<string>;
  readonly metrics: Set<string>;
  readonly logs: Set<string>;
  readonly invocations: Set<string>;
}

/** Notes the items of requests and lines. */
export interface Notebook {
  readonly items: Items;
  /** A request in protobuf. */
  addRequest(signal: Signal, bytes: Uint8Array): void;
  /** A line that a function printed; what is no envelope is none of ours. */
  addLine(line: string): void;
}

type Node = Readonly<Record<string, unknown>>;

const SCHEMA = new URL('../../../packages/otlp/schema/otlp-schema-v1.11.json', import.meta.url);

const TYPES = {
  traces: 'trace.v1.ExportTraceServiceRequest',
  metrics: 'metrics.v1.ExportMetricsServiceRequest',
  logs: 'logs.v1.ExportLogsServiceRequest',
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

const pointsOf = (metric: Node): readonly string[] =>
  POINTS.flatMap((type) => listOf((metric[type] ?? {}) as Node, 'data_points')).map((point) =>
    JSON.stringify([metric['name'], point]),
  );

const invocationOf = (span: Node): string | undefined => {
  const attribute = listOf(span, 'attributes').find(({ key }) => key === 'faas.invocation.id');
  return (attribute?.['value'] as { readonly string_value?: string } | undefined)?.string_value;
};

interface Envelope {
  readonly __otel_otlp_stdout?: string;
  readonly endpoint: string;
  readonly payload: string;
}

/**
 * Reads with protobufjs and OpenTelemetry's own schema: a decoder that shares nothing with the one that is under test here. A span
 * is named by its ids, a data point and a record by all they say.
 */
export const createNotebook = (): Notebook => {
  const root = protobuf.Root.fromJSON(JSON.parse(readFileSync(SCHEMA, 'utf8')) as protobuf.INamespace);
  const items: Items = { traces: new Set(), metrics: new Set(), logs: new Set(), invocations: new Set() };
  const addRequest = (signal: Signal, bytes: Uint8Array): void => {
    const type = root.lookupType(`opentelemetry.proto.collector.${TYPES[signal]}`);
    const message = type.toObject(type.decode(bytes), { bytes: String, longs: String });
    for (const node of below(message, PATHS[signal])) {
      if (signal === 'metrics') for (const point of pointsOf(node)) items.metrics.add(point);
      else if (signal === 'logs') items.logs.add(JSON.stringify(node));
      else items.traces.add(JSON.stringify([node['trace_id'], node['span_id']]));
      const invocation = signal === 'traces' ? invocationOf(node) : undefined;
      if (invocation !== undefined) items.invocations.add(invocation);
    }
  };
  return {
    items,
    addRequest,
    addLine: (line) => {
      if (!line.startsWith('{"__otel_otlp_stdout"')) return;
      const { endpoint, payload } = JSON.parse(line) as Envelope;
      const signal = (Object.keys(TYPES) as Signal[]).find((name) => endpoint.endsWith(`/v1/${name}`));
      if (signal !== undefined) addRequest(signal, gunzipSync(Buffer.from(payload, 'base64')));
    },
  };
};
