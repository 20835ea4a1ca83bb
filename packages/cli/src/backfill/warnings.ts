import type { Target } from './targets.ts';

const DAY_MS = 86_400_000;
/** Lines of the last minutes may still be on their way into CloudWatch Logs. */
const SETTLE_MS = 2 * 60_000;

/** What to know about these times before reading. */
export const warningsAbout = (
  targets: readonly Target[],
  { sinceMs, untilMs, nowMs }: { readonly sinceMs: number; readonly untilMs: number; readonly nowMs: number },
): readonly string[] => [
  ...targets.flatMap(({ group, retentionDays }) => {
    const oldestMs = nowMs - (retentionDays ?? Infinity) * DAY_MS;
    return sinceMs < oldestMs
      ? [
          `${group.name} keeps lines for ${retentionDays ?? 0} days: those before ${new Date(oldestMs).toISOString()} are deleted or about to be.`,
        ]
      : [];
  }),
  ...(untilMs > nowMs - SETTLE_MS
    ? [
        'Lines of the last two minutes may still be on their way to CloudWatch Logs; those that come later are not read. Run it again for them, or give an earlier --until.',
      ]
    : []),
];

/** What a run that goes on with another one does; `given` are the times its own arguments would mean by now. */
export const resumedText = (
  { sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs: number },
  given: { readonly sinceMs: number; readonly untilMs: number },
): string => {
  const times = `from ${new Date(sinceMs).toISOString()} to ${new Date(untilMs).toISOString()}`;
  const moved = sinceMs !== given.sinceMs || untilMs !== given.untilMs;
  return `Going on with the run that was interrupted, ${times}${moved ? ', as its arguments meant when it began; run it once more for what came since' : ''}. --restart begins anew.`;
};
