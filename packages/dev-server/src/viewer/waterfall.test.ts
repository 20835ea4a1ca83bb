import type { SpanRow } from '../store/spans.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Terminal } from '../config/terminal.ts';
import { waterfall } from './waterfall.ts';
import { widthOf } from './width.ts';

const plain: Terminal = { columns: 80, unicode: true, isTty: false, style: (_, text) => text };
const ascii: Terminal = { ...plain, unicode: false };
const traceId = '0af7651916cd43dd8448eb211c80319c';

const span = (
  spanId: string,
  parentSpanId: string,
  startMs: number,
  endMs: number,
  more: Partial<SpanRow> = {},
): SpanRow => ({
  traceId,
  spanId,
  parentSpanId,
  name: `op ${spanId}`,
  service: 'shop',
  kind: 1,
  startNs: BigInt(startMs) * 1_000_000n,
  endNs: BigInt(endMs) * 1_000_000n,
  failed: false,
  problem: '',
  attributes: [],
  ...more,
});

const draw = (spans: readonly SpanRow[], terminal: Terminal = plain, late = 0): readonly string[] =>
  waterfall({ traceId, spans, overflow: 0 }, terminal, late);

describe('waterfall', () => {
  it('draws spans by parent, each bar where it was in time', () => {
    const lines = draw([span('b', 'a', 50, 100, { service: 'cart' }), span('a', '', 0, 100)], {
      ...ascii,
      columns: 60,
    });
    expect(lines).toEqual([
      'trace 0af7651916cd43dd8448eb211c80319c  100 ms  2 spans',
      'shop op a   #######################################   100 ms',
      'cart `-op b                    ####################  50.0 ms',
    ]);
  });

  it('marks a failed span and says its problem', () => {
    const lines = draw([span('a', '', 0, 10, { failed: true, problem: 'Error: declined' })]);
    expect(lines[0]).toContain('1 failed');
    expect(lines[1]).toContain('✗ op a');
    expect(lines[2]).toBe('  Error: declined');
  });

  it('says how many spans came late, and marks spans without their parent', () => {
    const lines = draw([span('b', 'gone', 0, 10)], plain, 3);
    expect(lines[0]).toContain('3 late');
    expect(lines[1]).toContain('? op b');
  });

  it('neutralises escape sequences in names, services and problems', () => {
    const evil = '\u001b]0;x\u0007\u009b2J';
    const lines = draw([
      span('a', '', 0, 1, { name: evil, service: evil, failed: true, problem: evil }),
      span('b', 'a', 0, 1),
    ]);
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });

  it('draws nothing but ASCII where the terminal shows nothing else', () => {
    const lines = draw(
      [span('a', '', 0, 10, { name: 'Zürich', failed: true, problem: '✗' }), span('b', 'a', 1, 2)],
      ascii,
    );
    expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/);
  });

  it('names what it does not draw', () => {
    const many = Array.from({ length: 250 }, (_, index) => span(String(index), '', index, index + 1));
    const lines = waterfall({ traceId, spans: many, overflow: 7 }, plain);
    expect(lines).toHaveLength(202);
    expect(lines.at(-1)).toContain('57 more spans');
  });

  it('never draws wider than the terminal, whatever the spans are', () => {
    const id = fc.integer({ min: 0, max: 12 }).map(String);
    const row = fc
      .record({
        spanId: id,
        parentSpanId: id,
        name: fc.string({ unit: 'binary' }),
        service: fc.string({ unit: 'binary' }),
        problem: fc.string({ unit: 'grapheme' }),
        failed: fc.boolean(),
        start: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        end: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      })
      .map(({ start, end, ...rest }) =>
        span(rest.spanId, rest.parentSpanId, 0, 0, {
          ...rest,
          startNs: start < end ? start : end,
          endNs: start < end ? end : start,
        }),
      );
    fc.assert(
      fc.property(
        fc.uniqueArray(row, { minLength: 1, selector: ({ spanId }) => spanId }),
        fc.boolean(),
        fc.integer({ min: 40, max: 120 }),
        (rows, unicode, columns) => {
          for (const line of draw(rows, { ...plain, unicode, columns }))
            expect(widthOf(line)).toBeLessThanOrEqual(columns);
        },
      ),
      { numRuns: 200 },
    );
  });
});
