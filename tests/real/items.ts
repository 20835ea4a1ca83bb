import type { Canonical } from './canonical.ts';
import type { Signal } from './schema.ts';

type Node = { readonly [name: string]: Canonical };

const LISTS: Readonly<Record<Signal, readonly [string, string, string]>> = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
};

const METRIC_KINDS = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'];

const listOf = (node: Node, name: string): readonly Node[] => (node[name] ?? []) as readonly Node[];

const without = (node: Node, name: string): Node =>
  Object.fromEntries(Object.entries(node).filter(([key]) => key !== name));

/** A metric's data points, each with everything the metric says about it. */
const dataPoints = (metric: Node): readonly Node[] =>
  METRIC_KINDS.filter((kind) => kind in metric).flatMap((kind) => {
    const data = metric[kind] as Node;
    const about = { ...without(metric, kind), kind, data: without(data, 'dataPoints') };
    return listOf(data, 'dataPoints').map((point) => ({ metric: about, point }));
  });

/** Every span, data point or log record of a canonical request as one string: itself, its scope and its resource. */
export const itemsOf = (signal: Signal, request: Node): readonly string[] => {
  const [resources, scopes, items] = LISTS[signal];
  return listOf(request, resources).flatMap((resource) =>
    listOf(resource, scopes).flatMap((scope) => {
      const about = { resource: without(resource, scopes), scope: without(scope, items) };
      const leaves = listOf(scope, items).flatMap((item) => (signal === 'metrics' ? dataPoints(item) : [item]));
      return leaves.map((item) => JSON.stringify({ ...about, item }));
    }),
  );
};
