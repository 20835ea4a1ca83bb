import { traceTree, type TreeRow } from '../store/trace-tree.ts';
import type { SpanRow } from '../store/spans.ts';
import type { StoredTrace } from '../store/trace-store.ts';
import type { Terminal } from '../config/terminal.ts';
import { glyphsOf, type Glyphs } from './glyphs.ts';
import { counted, durationText, timeText } from './quantities.ts';
import { serviceStyle } from './services.ts';
import { printable } from './printable.ts';
import { cut, fit, widthOf } from './width.ts';

const DURATION_COLUMNS = 8;
const MAX_SERVICE_COLUMNS = 12;
const MAX_INDENTS = 8;
const MAX_ROWS = 200;

interface Layout {
  readonly service: number;
  readonly label: number;
  readonly bar: number;
  readonly startNs: bigint;
  readonly spanNs: bigint;
}

const indentOf = ({ lasts }: TreeRow, glyphs: Glyphs): string => {
  const trunks = lasts.slice(0, -1).map((last) => (last ? '  ' : glyphs.trunk));
  const shown = trunks.length > MAX_INDENTS ? [...trunks.slice(0, MAX_INDENTS - 1), `${glyphs.ellipsis} `] : trunks;
  return lasts.length === 0 ? '' : shown.join('') + (lasts.at(-1) === true ? glyphs.lastBranch : glyphs.branch);
};

const labelOf = (row: TreeRow, glyphs: Glyphs): string =>
  indentOf(row, glyphs) + (row.orphan ? glyphs.orphan : '') + (row.span.failed ? `${glyphs.failed} ` : '');

const extent = (spans: readonly SpanRow[]): { startNs: bigint; spanNs: bigint } => {
  let [startNs, endNs] = [spans[0]?.startNs ?? 0n, 0n];
  for (const span of spans) {
    if (span.startNs < startNs) startNs = span.startNs;
    if (span.endNs > endNs) endNs = span.endNs;
  }
  return { startNs, spanNs: endNs - startNs };
};

const layoutOf = (rows: readonly TreeRow[], spans: readonly SpanRow[], columns: number, glyphs: Glyphs): Layout => {
  const services = new Set(spans.map(({ service }) => service));
  // One service everywhere says nothing: its column goes to the names.
  const service =
    services.size < 2 ? 0 : Math.min(MAX_SERVICE_COLUMNS, Math.max(...[...services].map((each) => widthOf(each)))) + 1;
  const widest = Math.max(...rows.map((row) => widthOf(labelOf(row, glyphs) + row.span.name)));
  const label = Math.min(widest, Math.floor((columns - service) * 0.45));
  return { service, label, bar: columns - service - label - DURATION_COLUMNS - 2, ...extent(spans) };
};

/** Where a bar starts and how many cells it takes; `sliver` when it is shorter than half a cell. */
const barOf = (span: SpanRow, { bar, startNs, spanNs }: Layout): { from: number; cells: number } => {
  const scale = (ns: bigint): number => (spanNs === 0n ? 0 : (Number(ns) / Number(spanNs)) * bar);
  const from = Math.min(Math.floor(scale(span.startNs - startNs)), bar - 1);
  const cells = spanNs === 0n ? bar : Math.round(scale(span.endNs - span.startNs));
  return { from, cells: Math.min(cells, bar - from) };
};

const drawRow = (row: TreeRow, layout: Layout, terminal: Terminal, glyphs: Glyphs): readonly string[] => {
  const { span } = row;
  const { style } = terminal;
  const colour = span.failed ? 'red' : serviceStyle(span.service);
  const prefix = labelOf(row, glyphs);
  const { from, cells } = barOf(span, layout);
  const bar = cells === 0 ? glyphs.sliver : glyphs.bar.repeat(cells);
  const service = layout.service === 0 ? '' : `${fit(span.service, layout.service - 1, glyphs.ellipsis)} `;
  const line =
    style(serviceStyle(span.service), service) +
    style(span.failed ? 'red' : 'plain', fit(prefix + span.name, layout.label, glyphs.ellipsis)) +
    ` ${' '.repeat(from)}${style(colour, bar)}${' '.repeat(layout.bar - from - Math.max(cells, 1))} ` +
    style('dim', durationText(span.endNs - span.startNs, glyphs.micro).padStart(DURATION_COLUMNS));
  if (!span.failed || span.problem === '') return [line];
  const margin = ' '.repeat(Math.min(layout.service + widthOf(prefix), 30));
  return [line, style('red', cut(margin + span.problem, terminal.columns, glyphs.ellipsis))];
};

const headerOf = ({ traceId, spans, overflow }: StoredTrace, late: number, columns: number, glyphs: Glyphs): string => {
  const { startNs, spanNs } = extent(spans);
  const failed = spans.filter((span) => span.failed).length;
  const counts = counted(spans.length + overflow, 'span') + (failed > 0 ? `, ${failed} failed` : '');
  const parts = [
    `trace ${traceId}`,
    ...(late > 0 ? [`${late} late`] : []),
    durationText(spanNs, glyphs.micro),
    counts,
    timeText(startNs),
  ];
  return parts.reduce((line, part) => (widthOf(line) + widthOf(part) + 2 <= columns ? `${line}  ${part}` : line));
};

/**
 * Draws a trace as a waterfall, one line per span, never wider than the terminal. `late` is how many spans came after the trace was
 * drawn before: then this drawing amends that one.
 */
export const waterfall = (trace: StoredTrace, terminal: Terminal, late = 0): readonly string[] => {
  const glyphs = glyphsOf(terminal.unicode);
  const show = printable(terminal.unicode);
  const spans = trace.spans.map((span) => ({
    ...span,
    name: show(span.name) || '(no name)',
    service: show(span.service),
    problem: show(span.problem),
  }));
  const tree = traceTree(spans);
  const rows = tree.slice(0, MAX_ROWS);
  const layout = layoutOf(rows, spans, terminal.columns, glyphs);
  const hidden = tree.length - rows.length + trace.overflow;
  return [
    terminal.style('bold', cut(headerOf(trace, late, terminal.columns, glyphs), terminal.columns, glyphs.ellipsis)),
    ...rows.flatMap((row) => drawRow(row, layout, terminal, glyphs)),
    ...(hidden > 0 ? [terminal.style('dim', `${glyphs.ellipsis} and ${counted(hidden, 'more span')}`)] : []),
  ];
};
