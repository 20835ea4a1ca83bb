import { describe, expect, it } from 'vitest';
import type { Terminal } from '@serverless-otlp/dev-server';
import { createProgress, deliveredSoFar } from './progress.ts';
import type { TotalReport } from './tally.ts';

const report = (lines: number): TotalReport => ({
  events: { in: 1, returned: 0, unreadable: 0 },
  lines: { in: lines, decoded: 0, ignored: 0, quarantined: 0 },
  destinations: {},
  unrouted: {},
  balanced: true,
});
const terminal = (isTty: boolean): Terminal => ({ columns: 80, unicode: true, isTty, style: (_, text) => text });

describe('createProgress', () => {
  it('is silent at first, then speaks every five seconds in which something happened', () => {
    let now = 0;
    const progress = createProgress(terminal(false), () => now, deliveredSoFar);
    const said = [1000, 2000, 3000, 7000, 12_000, 17_000].map((at, index) => {
      now = at;
      return progress.tick(report(index < 3 ? 1 : index < 5 ? 2 : 3));
    });
    expect(said.map((text) => text !== '')).toEqual([false, true, false, true, false, true]);
    expect(said[1]).toBe('1 line done, 0 items delivered so far\n');
    expect(progress.clear()).toBe('');
  });

  it('rewrites its line on a terminal, and clears it for others', () => {
    let now = 0;
    const progress = createProgress(terminal(true), () => now, deliveredSoFar);
    expect(progress.clear()).toBe('');
    now = 2000;
    expect(progress.tick(report(1))).toBe('\r\u001b[K1 line done, 0 items delivered so far');
    expect(progress.clear()).toBe('\r\u001b[K');
    expect(progress.clear()).toBe('');
  });
});
