import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_LIMITS } from '../forward/subscription-event.ts';
import { bytesOfLine } from './chunks.ts';
import type { StoredLine } from './logs-api.ts';
import { planOf } from './plan.ts';

const lines = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 0, max: 10_000 }).map(String),
    logStream: fc.constantFrom('a', 'b', '__proto__'),
    timestamp: fc.integer({ min: 0, max: 5 }),
    message: fc.integer({ min: 0, max: 120_000 }).map((length) => 'x'.repeat(length)),
  }),
  { selector: ({ id }) => id, maxLength: 40 },
);

describe('planned events', () => {
  it('D28: hold every line once, one log stream each, in order of time, within the limits, the same for any order of reading', () => {
    fc.assert(
      fc.property(
        lines.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          const planned = planOf(all);
          const out = planned.flatMap(({ logStream, logEvents }) =>
            logEvents.map((event) => ({ ...event, logStream })),
          );
          const byId = (a: StoredLine, b: StoredLine): number => Number(a.id) - Number(b.id);
          expect(out.toSorted(byId)).toEqual(all.toSorted(byId));
          for (const { logEvents } of planned) {
            const times = logEvents.map(({ timestamp }) => timestamp);
            expect(times).toEqual(times.toSorted((a, b) => a - b));
            const bytes = logEvents.reduce((sum, event) => sum + bytesOfLine({ ...event, logStream: '' }), 0);
            expect(logEvents.length === 1 || bytes <= EVENT_LIMITS.maxBytes).toBe(true);
          }
          expect(planOf(shuffled)).toEqual(planned);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('D28: hold 10 000 lines at most, as those of CloudWatch Logs', () => {
    const many = Array.from({ length: 10_001 }, (_, id) => ({
      id: String(id),
      logStream: 's',
      timestamp: 1,
      message: '',
    }));
    // 26 bytes each: 262 144 bytes are reached by the 10 082nd.
    expect(planOf(many).map(({ logEvents }) => logEvents.length)).toEqual([10_000, 1]);
  });
});
