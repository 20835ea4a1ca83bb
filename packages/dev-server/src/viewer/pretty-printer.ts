import { pointRows } from '../store/points.ts';
import { recordRows } from '../store/records.ts';
import { spanRows, type SpanRow } from '../store/spans.ts';
import type { OtlpRequest } from '@serverless-otlp/otlp';
import type { Terminal } from '../config/terminal.ts';
import { pointLine, recordLine } from './single-line.ts';
import { spanTree } from './span-tree.ts';

/** Spans held back until their trace is complete; then they are printed as far as they came. */
const MAX_HELD_SPANS = 20_000;

/** Turns requests into text for people: points and records at once, spans by trace and parent when all have come. */
export interface PrettyPrinter {
  print(request: OtlpRequest): string;
  end(): string;
}

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** Prints in full length: what `decode` shows is read in a pager, not beside a waterfall. */
export const prettyPrinter = (terminal: Terminal): PrettyPrinter => {
  const wide: Terminal = { ...terminal, columns: Infinity };
  const held = new Map<string, SpanRow[]>();
  let count = 0;
  const end = (): string => {
    const text = [...held].map(([traceId, spans]) => textOf(spanTree(traceId, spans, wide))).join('');
    held.clear();
    count = 0;
    return text;
  };
  const hold = (span: SpanRow): void => {
    const spans = held.get(span.traceId);
    if (spans === undefined) held.set(span.traceId, [span]);
    else spans.push(span);
    count += 1;
  };
  return {
    print: (request) => {
      if (request.signal === 'metrics') return textOf(pointRows(request).map((row) => pointLine(row, wide)));
      if (request.signal === 'logs') return textOf(recordRows(request).map((row) => recordLine(row, wide)));
      spanRows(request).forEach(hold);
      return count >= MAX_HELD_SPANS ? end() : '';
    },
    end,
  };
};
