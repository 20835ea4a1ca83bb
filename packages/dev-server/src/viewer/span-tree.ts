import { traceTree } from '../store/trace-tree.ts';
import type { SpanRow } from '../store/spans.ts';
import type { Terminal } from '../config/terminal.ts';
import { glyphsOf } from './glyphs.ts';
import { printable } from './printable.ts';
import { durationText, timeText } from './quantities.ts';
import { serviceStyle } from './services.ts';

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];
const MAX_INDENTS = 32;

/** The spans of one trace by parent, with everything a person wants to read of them; lines are as long as they are. */
export const spanTree = (traceId: string, spans: readonly SpanRow[], terminal: Terminal): readonly string[] => {
  const { style, unicode } = terminal;
  const glyphs = glyphsOf(unicode);
  const show = printable(unicode);
  const lines = traceTree(spans).flatMap(({ span, depth, orphan }) => {
    const indent = '  '.repeat(Math.min(depth, MAX_INDENTS) + 1);
    const facts = [
      KINDS[span.kind] ?? '',
      durationText(span.endNs - span.startNs, glyphs.micro),
      timeText(span.startNs),
      span.spanId,
    ];
    const parent = orphan ? [`parent ${span.parentSpanId} is not here`] : [];
    const head =
      `${indent}${style(serviceStyle(span.service), show(span.service))} ` +
      `${style(span.failed ? 'red' : 'bold', `${span.failed ? `${glyphs.failed} ` : ''}${show(span.name)}`)}  ` +
      style('dim', [...facts, ...parent].filter((fact) => fact !== '').join('  '));
    const problem =
      span.problem === '' ? [] : [`${indent}    ${style(span.failed ? 'red' : 'plain', show(span.problem))}`];
    return [head, ...problem, ...span.attributes.map((text) => `${indent}    ${style('dim', show(text))}`)];
  });
  return [style('bold', `trace ${traceId}`), ...lines];
};
