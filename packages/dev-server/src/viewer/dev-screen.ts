import { createTraceStore } from '../store/trace-store.ts';
import { pointRows } from '../store/points.ts';
import { recordRows } from '../store/records.ts';
import { spanRows } from '../store/spans.ts';
import type { OtlpRequest } from '@serverless-otlp/otlp';
import type { Terminal } from '../config/terminal.ts';
import { counted } from './quantities.ts';
import { pointLine, recordLine } from './single-line.ts';
import { waterfall } from './waterfall.ts';

/** Draws what arrives: points and records at once, traces when they have been quiet for a while. */
export interface DevScreen {
  show(request: OtlpRequest): void;
  /** Draws what still waits. */
  flush(): void;
}

/** Options of {@link createDevScreen}. */
export interface DevScreenOptions {
  readonly terminal: Terminal;
  readonly print: (lines: readonly string[]) => void;
  /** How long a trace must be quiet before it is drawn; spans of one trace come in several requests. 300 unless told. */
  readonly quietMs?: number;
}

/** More lines of one request tell a person nothing. */
const MAX_LINES = 40;
/** A trace to which spans come without end is drawn all the same. */
const MAX_WAIT_MS = 2000;
/** How many traces may wait for late spans' sake at a time. */
const MAX_WAITING = 1000;

interface Waiting {
  readonly since: number;
  timer: NodeJS.Timeout;
}

const limited = (lines: readonly string[], noun: string): readonly string[] =>
  lines.length <= MAX_LINES
    ? lines
    : [...lines.slice(0, MAX_LINES), `  and ${counted(lines.length - MAX_LINES, `more ${noun}`)}`];

/** The screen of `serverless-otlp dev`. Spans that come after their trace was drawn make it be drawn again, saying how many. */
export const createDevScreen = ({ terminal, print, quietMs = 300 }: DevScreenOptions): DevScreen => {
  const store = createTraceStore();
  const waiting = new Map<string, Waiting>();
  // Of each trace drawn, with how many spans; as bounded as the store, whose oldest go first as well.
  const drawn = new Map<string, number>();

  const draw = (traceId: string): void => {
    clearTimeout(waiting.get(traceId)?.timer);
    waiting.delete(traceId);
    const trace = store.get(traceId);
    if (trace === undefined) return;
    const spans = trace.spans.length + trace.overflow;
    const before = drawn.get(traceId);
    drawn.delete(traceId);
    drawn.set(traceId, spans);
    const [oldest] = drawn.keys();
    if (drawn.size > MAX_WAITING && oldest !== undefined) drawn.delete(oldest);
    print(['', ...waterfall(trace, terminal, before === undefined ? 0 : spans - before), '']);
  };

  const wait = (traceId: string): void => {
    const now = performance.now();
    const since = waiting.get(traceId)?.since ?? now;
    clearTimeout(waiting.get(traceId)?.timer);
    const delayMs = Math.min(quietMs, Math.max(0, since + MAX_WAIT_MS - now));
    waiting.delete(traceId);
    waiting.set(traceId, { since, timer: setTimeout(() => draw(traceId), delayMs) });
    const [oldest] = waiting.keys();
    if (waiting.size > MAX_WAITING && oldest !== undefined) draw(oldest);
  };

  return {
    show: (request) => {
      if (request.signal === 'metrics')
        print(
          limited(
            pointRows(request).map((row) => pointLine(row, terminal)),
            'point',
          ),
        );
      else if (request.signal === 'logs')
        print(
          limited(
            recordRows(request).map((row) => recordLine(row, terminal)),
            'record',
          ),
        );
      else store.add(spanRows(request)).forEach(wait);
    },
    flush: () => {
      [...waiting.keys()].forEach(draw);
    },
  };
};
