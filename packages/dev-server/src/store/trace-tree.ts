import type { SpanRow } from './spans.ts';

/** A span at its place in the tree. */
export interface TreeRow {
  readonly span: SpanRow;
  readonly depth: number;
  /** Whether it names a parent that has not arrived. */
  readonly orphan: boolean;
  /** For every level from the first below the root to its own, 64 at most: whether it is the last of its siblings. */
  readonly lasts: readonly boolean[];
}

/** Nobody draws deeper, and a chain of thousands must not cost their square. */
const MAX_LASTS = 64;

const byStart = (a: SpanRow, b: SpanRow): number =>
  a.startNs < b.startNs ? -1 : a.startNs > b.startNs ? 1 : a.spanId < b.spanId ? -1 : 1;

/**
 * The spans of one trace, parents before children, siblings by start. Spans whose parent is not here stand at the top; a cycle of
 * parents, which only a broken writer makes, is cut at its earliest span. Every span comes exactly once.
 */
export const traceTree = (spans: readonly SpanRow[]): readonly TreeRow[] => {
  const sorted = [...spans].sort(byStart);
  const ids = new Set(sorted.map(({ spanId }) => spanId));
  const children = new Map<string, SpanRow[]>();
  const roots: SpanRow[] = [];
  for (const span of sorted) {
    if (span.parentSpanId === '' || !ids.has(span.parentSpanId)) {
      roots.push(span);
      continue;
    }
    const siblings = children.get(span.parentSpanId);
    if (siblings === undefined) children.set(span.parentSpanId, [span]);
    else siblings.push(span);
  }
  const rows: TreeRow[] = [];
  const seen = new Set<SpanRow>();
  const walk = (root: SpanRow): void => {
    const stack: TreeRow[] = [
      { span: root, depth: 0, orphan: root.parentSpanId !== '' && !ids.has(root.parentSpanId), lasts: [] },
    ];
    for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
      const { span, depth, lasts } = row;
      if (seen.has(span)) continue;
      seen.add(span);
      rows.push(row);
      const below = children.get(span.spanId) ?? [];
      // Popped from the end, so pushed in reverse.
      below.toReversed().forEach((child, index) => {
        stack.push({
          span: child,
          depth: depth + 1,
          orphan: false,
          lasts: depth < MAX_LASTS ? [...lasts, index === 0] : lasts,
        });
      });
    }
  };
  roots.forEach(walk);
  // What no root reaches hangs on a cycle.
  for (const span of sorted) if (!seen.has(span)) walk(span);
  return rows;
};
