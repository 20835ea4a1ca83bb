import { counted } from '@serverless-otlp/dev-server';
import { itemsIn, type TotalReport } from './tally.ts';

/** Counts what went wrong; the noun of what is counted; what to do. */
export type Remedy = readonly [(report: TotalReport) => number, string, string];

/** What may go wrong wherever lines come from. */
export const COMMON_REMEDIES: readonly Remedy[] = [
  [
    (report) => itemsIn(report, 'quarantined') + itemsIn(report, 'rejected'),
    'item',
    'refused by the destination; its reasons are above. Sending them again as they are would not help.',
  ],
  [(report) => (report.balanced ? 0 : 1), 'item or more', 'unaccounted for. This is a bug: please report it.'],
];

/** Telemetry that goes nowhere because nobody said where. */
export const UNROUTED: Remedy = [
  (report) => Object.values(report.unrouted).reduce((sum, count) => sum + count, 0),
  'item',
  'of a signal that no pipeline takes. Add the pipeline to the configuration file.',
];

const forwardRemedies: readonly Remedy[] = [
  [
    (report) => report.events.unreadable,
    'document',
    'could not be read as a CloudWatch Logs event. Leave out --event for plain stdout lines.',
  ],
  [
    (report) => report.lines.quarantined,
    'line',
    'claimed to be telemetry but could not be read; the reasons are above. Write them again, or look at them with "serverless-otlp decode".',
  ],
  [
    (report) => itemsIn(report, 'returned'),
    'item',
    'not delivered; the errors are above. Check --endpoint and --header, then run the same input again.',
  ],
  [
    (report) => itemsIn(report, 'pending'),
    'item',
    'not delivered; the errors are above. The dead-letter store keeps them: send them with "serverless-otlp redrive run", not with the same input.',
  ],
  UNROUTED,
  ...COMMON_REMEDIES,
];

/** What was not delivered and what to do about it, one sentence each; empty when all is well. */
export const shortfalls = (report: TotalReport, remedies: readonly Remedy[] = forwardRemedies): readonly string[] =>
  remedies.flatMap(([count, noun, remedy]) => {
    const number = count(report);
    return number === 0 ? [] : [`${counted(number, noun)} ${remedy}`];
  });

const NOUNS = { traces: 'span', metrics: 'data point', logs: 'log record' } as const;

/** One sentence for people: what was delivered, of how many lines. */
export const successText = (report: TotalReport): string => {
  const parts = (['traces', 'metrics', 'logs'] as const).map((signal) =>
    counted(
      Object.values(report.destinations).reduce((sum, signals) => sum + (signals[signal]?.delivered ?? 0), 0),
      NOUNS[signal],
    ),
  );
  return `Delivered ${parts.join(', ')} from ${report.lines.decoded} of ${counted(report.lines.in, 'line')} (${report.lines.ignored} are no telemetry).`;
};
