import { describe, expect, it } from 'vitest';
import type { SpanRow } from './spans.ts';
import { traceTree } from './trace-tree.ts';

const span = (spanId: string, parentSpanId: string, startNs = 0n): SpanRow => ({
  traceId: 't',
  spanId,
  parentSpanId,
  name: spanId,
  service: 's',
  kind: 1,
  startNs,
  endNs: startNs,
  failed: false,
  problem: '',
  attributes: [],
});

const shape = (spans: readonly SpanRow[]): readonly string[] =>
  traceTree(spans).map(({ span: { spanId }, depth, orphan }) => `${'.'.repeat(depth)}${spanId}${orphan ? '?' : ''}`);

describe('traceTree', () => {
  it('puts children below their parents, siblings by start', () => {
    expect(shape([span('c', 'a', 3n), span('b', 'a', 2n), span('d', 'b', 9n), span('a', '', 1n)])).toEqual([
      'a',
      '.b',
      '..d',
      '.c',
    ]);
  });

  it('puts spans whose parent is missing at the top and says so', () => {
    expect(shape([span('b', 'gone', 1n), span('a', '', 2n)])).toEqual(['b?', 'a']);
  });

  it('shows every span once even when parents go in a circle', () => {
    expect(shape([span('a', 'b', 1n), span('b', 'a', 2n), span('c', 'c', 3n)])).toEqual(['a', '.b', 'c']);
  });

  it('tells for every level whether the row is the last there', () => {
    const rows = traceTree([span('a', ''), span('b', 'a', 1n), span('c', 'b', 2n), span('d', 'a', 3n)]);
    expect(rows.map(({ lasts }) => lasts)).toEqual([[], [false], [false, true], [true]]);
  });

  it('survives a chain of thousands', () => {
    const chain = Array.from({ length: 5000 }, (_, index) => span(String(index), index === 0 ? '' : String(index - 1)));
    expect(traceTree(chain).at(-1)?.depth).toBe(4999);
  });
});
