import type { Terminal } from '@serverless-otlp/dev-server';
import { memoryStore } from '@serverless-otlp/testing';
import { describe, expect, it } from 'vitest';
import type { Entry } from './entries.ts';
import type { Row } from './rows.ts';
import { longText, tableText } from './table.ts';

const plain: Terminal = { columns: 80, unicode: true, isTty: false, style: (_, text) => text };

const row = (over: Partial<Row>): Row => ({
  ...{ state: 'pending', destination: 'd', kind: 'traces', objects: 1, bytes: 1_500, items: 2, lines: 0, read: 1 },
  ...{ oldest: '2026-11-20T12:00:00.000Z', newest: '2026-11-20T12:00:01.000Z', reasons: [] },
  ...over,
});

describe('tableText', () => {
  it('is a table with reasons below', () => {
    const reasons = [{ reason: 'answered 503', objects: 3 }];
    const rows = [row({}), row({ state: 'quarantine', destination: 'otlp_http/eu', objects: 120, read: 100, reasons })];
    expect(tableText(rows, plain)).toBe(
      [
        'STATE       DESTINATION   KIND    OBJECTS    SIZE  ITEMS  OLDEST                NEWEST',
        'pending     d             traces        1  1.5 kB      2  2026-11-20T12:00:00Z  2026-11-20T12:00:01Z',
        'quarantine  otlp_http/eu  traces      120  1.5 kB     2+  2026-11-20T12:00:00Z  2026-11-20T12:00:01Z',
        '            3 × answered 503',
        '',
      ].join('\n'),
    );
  });

  it('counts lines where there are no items', () => {
    const cells = [{ lines: 1 }, { lines: 7 }, { lines: 3, objects: 2 }, {}].map((over) => row({ items: 0, ...over }));
    const shown = tableText(cells, plain).trimEnd().split('\n').slice(1);
    expect(shown.map((line) => / kB +(.*?) {2}2026/.exec(line)?.[1])).toEqual(['1 line', '7 lines', '3+ lines', '-']);
  });

  it('shows nothing that acts on a terminal', () => {
    const hostile = 'a\u001b[2J\n\u202e';
    const text = tableText(
      [row({ destination: hostile, kind: hostile, reasons: [{ reason: hostile, objects: 1 }] })],
      plain,
    );
    expect(text.replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\u202e]/);
    expect(text.trimEnd().split('\n')).toHaveLength(3);
  });
});

describe('longText', () => {
  const entry: Entry = {
    ...{ store: memoryStore(), key: 'pending/d/x', bytes: 12, modifiedMs: 0 },
    ...{ state: 'pending', destination: 'd', kind: 'traces', timeMs: 0 },
  };

  it.each([
    [{ reason: 'a\u0007', items: 3 }, 'pending/d/x     12 B  3 items  a\\x07\n'],
    [{ reason: 'a', lines: 2 }, 'pending/d/x     12 B  2 lines  a\n'],
    [{ reason: 'a' }, 'pending/d/x     12 B  - items  a\n'],
  ])('tells %j on a line', (head, text) => {
    expect(longText({ entry, head })).toBe(text);
  });
});
