import type { Report } from '@serverless-otlp/forwarder';
import { describe, expect, it } from 'vitest';
import { createTally, itemsIn } from './tally.ts';
import { shortfalls, successText } from './verdict.ts';

const report = (more: Partial<Report> = {}): Report => ({
  receiver: 'cloudwatch_logs',
  durationMs: 1,
  lines: { in: 3, decoded: 2, ignored: 1, quarantined: 0 },
  destinations: { otlp_http: { traces: { decoded: 5, delivered: 5, bytes: 10 } } },
  balanced: true,
  ...more,
});

describe('createTally', () => {
  it('adds up lines, destinations and signals', () => {
    const tally = createTally();
    tally.add(report());
    tally.add(
      report({
        destinations: {
          otlp_http: { traces: { decoded: 2, delivered: 1, rejected: 1 }, logs: { decoded: 1, delivered: 1 } },
        },
      }),
    );
    const total = tally.total();
    expect(total.lines).toEqual({ in: 6, decoded: 4, ignored: 2, quarantined: 0 });
    expect(total.destinations).toEqual({
      otlp_http: { traces: { decoded: 7, delivered: 6, rejected: 1, bytes: 10 }, logs: { decoded: 1, delivered: 1 } },
    });
    expect(itemsIn(total, 'delivered')).toBe(7);
    expect(total.events).toEqual({ in: 2, returned: 0, unreadable: 0 });
  });
});

describe('shortfalls', () => {
  const of = (more: Partial<Report>): readonly string[] => {
    const tally = createTally();
    tally.add(report(more));
    return shortfalls(tally.total());
  };

  it('are none when everything was delivered', () => {
    expect(of({})).toEqual([]);
  });

  it.each([
    ['quarantined lines', { lines: { in: 1, decoded: 0, ignored: 0, quarantined: 1 } }],
    ['returned items', { destinations: { d: { logs: { decoded: 1, returned: 1 } } } }],
    ['pending items', { destinations: { d: { logs: { decoded: 1, pending: 1 } } } }],
    ['quarantined items', { destinations: { d: { logs: { decoded: 1, quarantined: 1 } } } }],
    ['rejected items', { destinations: { d: { logs: { decoded: 1, rejected: 1 } } } }],
    ['unrouted items', { unrouted: { logs: 1 } }],
    ['unbalanced counts', { balanced: false }],
  ])('name %s', (_, more) => {
    expect(of(more)).toEqual([expect.stringMatching(/^1 /)]);
  });

  it('name documents that are no events', () => {
    const tally = createTally();
    tally.unreadable();
    expect(shortfalls(tally.total())).toEqual([expect.stringContaining('1 document')]);
  });
});

describe('successText', () => {
  it('is one sentence', () => {
    const tally = createTally();
    tally.add(report());
    expect(successText(tally.total())).toBe(
      'Delivered 5 spans, 0 data points, 0 log records from 2 of 3 lines (1 are no telemetry).',
    );
  });
});
