import { describe, expect, it } from 'vitest';
import type { TotalReport } from '../forward/tally.ts';
import { backfillShortfalls, type Summary, summaryText, surveyShortfalls } from './summary.ts';

const total: TotalReport = {
  events: { in: 1, returned: 0, unreadable: 0 },
  lines: { in: 3, decoded: 2, ignored: 1, quarantined: 0 },
  destinations: { otlp_http: { logs: { decoded: 4, delivered: 4 } } },
  unrouted: {},
  balanced: true,
};
const summary = (more: Partial<Summary>): Summary => ({
  since: '2026-01-31T00:00:00.000Z',
  until: '2026-01-31T01:00:00.000Z',
  dryRun: false,
  resumed: false,
  complete: true,
  logGroups: { '/a': { lines: 3, bytes: 1_260_000 } },
  ...more,
});
const found = {
  telemetry: { traces: { requests: 1, items: 2 }, logs: { requests: 1, items: 1 } },
  ignored: 1,
  unreadable: { base64: 1, gzip: 2 },
};

describe('the end of a backfill', () => {
  it('D28: is told to people in a line per log group', () => {
    expect(summaryText(summary({}), total)).toBe(
      '/a: 3 lines, 1.3 MB\nDelivered 0 spans, 0 data points, 4 log records from 2 of 3 lines (1 are no telemetry).',
    );
    const dry = summary({ dryRun: true, logGroups: { '/a': { lines: 3, bytes: 0, found } } });
    expect(summaryText(dry, total)).toBe(
      '/a: 3 lines, 0.0 MB: 2 spans, 0 data points, 1 log record; 1 line without telemetry\nNothing was sent.',
    );
  });

  it('D28: says nothing more when all is well', () => {
    expect(backfillShortfalls(total, false)).toEqual([]);
    expect(surveyShortfalls(summary({}))).toEqual([]);
  });

  it('D28: says what was not delivered, and where it is', () => {
    const destinations = { d: { logs: { decoded: 9, pending: 2, returned: 3, quarantined: 4 } } };
    const lines = { ...total.lines, quarantined: 1 };
    expect(backfillShortfalls({ ...total, lines, destinations }, false)).toEqual([
      expect.stringMatching(/^1 line claimed to be telemetry.*stay in CloudWatch Logs/),
      '3 items not delivered; the errors are above.',
      expect.stringMatching(/^2 items not delivered, but kept in the dead-letter store/),
      expect.stringMatching(/^4 items refused by the destination/),
    ]);
    expect(surveyShortfalls(summary({ logGroups: { '/a': { lines: 3, bytes: 0, found } } }))).toEqual([
      '3 lines claimed to be telemetry but could not be read; the reasons are above.',
    ]);
  });

  it('D28: telemetry without a pipeline is a shortfall, unless destinations were chosen', () => {
    const unrouted = { ...total, unrouted: { traces: 5 } };
    expect(backfillShortfalls(unrouted, false)).toEqual([
      expect.stringMatching(/^5 items of a signal that no pipeline/),
    ]);
    expect(backfillShortfalls(unrouted, true)).toEqual([]);
  });
});
