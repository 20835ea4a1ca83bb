import type { LaneReport, RedriveReport } from '@serverless-otlp/forwarder';
import { describe, expect, it } from 'vitest';
import { createPasses, type RedriveTotal } from './passes.ts';
import { redriveShortfalls, totalText } from './verdict.ts';

const lane = (over: Partial<LaneReport> = {}): LaneReport => ({
  ...{ found: 0, put: 0, redriven: 0, quarantined: 0, expired: 0, vanished: 0, remaining: 0 },
  ...{ items: 0, rejected: 0, unconfirmed: 0, oldestPendingAgeMs: 0 },
  ...over,
});

const report = (d: Partial<LaneReport>, over: Partial<RedriveReport> = {}): RedriveReport => ({
  durationMs: 10.4,
  destinations: { d: lane(d) },
  balanced: true,
  ...over,
});

const totalOf = (...reports: readonly RedriveReport[]): RedriveTotal => {
  const passes = createPasses();
  reports.forEach((one) => passes.add(one));
  return passes.total();
};

describe('passes', () => {
  it('D26: add up so that the equation holds: what remained was found again', () => {
    const { destinations, passes, durationMs } = totalOf(
      report({ found: 100, redriven: 40, put: 2, remaining: 62, items: 80 }),
      report({ found: 62, redriven: 60, quarantined: 1, vanished: 1, items: 120, rejected: 3, unconfirmed: 1 }),
    );
    expect({ passes, durationMs }).toEqual({ passes: 2, durationMs: 21 });
    expect(destinations['d']).toEqual(
      lane({
        ...{ found: 100, put: 2, redriven: 100, quarantined: 1, vanished: 1 },
        ...{ items: 200, rejected: 3, unconfirmed: 1 },
      }),
    );
  });

  it.each([
    ['there is nothing left', report({ found: 5, redriven: 5 }), false],
    ['something is left and was taken', report({ found: 5, redriven: 4, remaining: 1, error: 'x' }), true],
    ['nothing was taken', report({ found: 5, remaining: 5, error: 'x' }), false],
    ['only what is too old went', report({ found: 5, expired: 3, remaining: 2, error: 'x' }), false],
    ['time was over while the old went', report({ found: 5, expired: 3, remaining: 2, more: true }), true],
    ['the store failed', report({ found: 5, redriven: 4, remaining: 1 }, { errors: ['down'] }), false],
    ['events are left', report({}, { events: lane({ found: 2, redriven: 1, remaining: 1 }) }), true],
  ])('go on when it helps: %s', (_, one, goesOn) => {
    const passes = createPasses();
    expect(passes.goOn()).toBe(false);
    passes.add(one);
    expect(passes.goOn()).toBe(goesOn);
  });
});

describe('what a redrive tells a person', () => {
  it('is nothing to do when all is well', () => {
    const total = totalOf(report({ found: 3, redriven: 3, items: 12 }));
    expect(redriveShortfalls(total)).toEqual([]);
    expect(totalText(total)).toBe('d: 3 objects redriven (12 items delivered)\n');
    expect(totalText(totalOf(report({})))).toBe('d: nothing waits\n');
  });

  it('is what went wrong and what to do, without what would act on a terminal', () => {
    const total = totalOf(
      report(
        {
          ...{ found: 9, redriven: 1, quarantined: 2, expired: 1, vanished: 1, remaining: 4, items: 7 },
          ...{ rejected: 2, unconfirmed: 1, more: true, error: 'answered 401\u001b[2J' },
        },
        {
          unknown: { 'old\u0007': 3 },
          errors: ['access denied'],
          balanced: false,
          events: lane({ found: 1, remaining: 1 }),
        },
      ),
    );
    expect(totalText(total)).toBe(
      'd: 1 object redriven (7 items delivered, 2 of them rejected, 1 of them unconfirmed), 2 to the quarantine, 1 expired, 1 taken by somebody else, 4 or more left\nevents: 0 objects redriven, 1 left\n',
    );
    const problems = redriveShortfalls(total);
    expect(problems.join('\n')).not.toMatch(/[\u001b\u0007]/);
    expect(problems).toEqual([
      expect.stringMatching(/^d: at least 4 objects left: answered 401\\x1b\[2J\. .*repair.*run this again\.$/),
      expect.stringMatching(/^events: 1 object left\./),
      expect.stringMatching(/^2 objects moved to the quarantine.*--state quarantine/),
      expect.stringMatching(/^1 object too old.*--state expired/),
      expect.stringMatching(/^2 items rejected/),
      expect.stringMatching(/^old\\x07: 3 objects left alone/),
      'The store failed: access denied.',
      expect.stringMatching(/unaccounted for. This is a bug/),
    ]);
  });
});
