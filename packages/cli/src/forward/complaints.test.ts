import type { Report } from '@serverless-otlp/forwarder';
import { describe, expect, it } from 'vitest';
import { complaints } from './complaints.ts';

const report = (more: Partial<Report>): Report => ({
  receiver: 'cloudwatch_logs',
  durationMs: 1,
  lines: { in: 1, decoded: 0, ignored: 0, quarantined: 0 },
  destinations: {},
  balanced: true,
  ...more,
});

describe('complaints', () => {
  it('name the line and the reason of a fault', () => {
    const complain = complaints((id) => `line ${id}`);
    const fault = { reason: 'gzip', message: 'not valid gzip', source: { id: '7' }, sha256: '', bytes: 1 } as const;
    const lines = { in: 3, decoded: 0, ignored: 0, quarantined: 3 };
    expect(complain(report({ lines, faults: [fault] }))).toEqual([
      'line 7: not forwarded (gzip): not valid gzip',
      '2 more lines not forwarded',
    ]);
  });

  it('say the same thing only once, safe for a terminal', () => {
    const complain = complaints((id) => id);
    const errors = [{ destination: 'd', error: 'no\u001b', count: 2 }];
    expect(complain(report({ errors }))).toEqual(['d: no\\x1b']);
    expect(complain(report({ errors }))).toEqual([]);
  });

  it('stop after fifty', () => {
    const complain = complaints((id) => id);
    const errors = Array.from({ length: 80 }, (_, index) => ({ destination: 'd', error: String(index), count: 1 }));
    expect(complain(report({ errors }))).toHaveLength(51);
  });
});
