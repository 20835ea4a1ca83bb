import { counted } from '@serverless-otlp/dev-server';
import { itemsIn, type TotalReport } from '../forward/tally.ts';
import { COMMON_REMEDIES, type Remedy, shortfalls, successText, UNROUTED } from '../forward/verdict.ts';
import type { Found } from './survey.ts';

/** What was read of a log group in this run. */
export interface GroupCounts {
  readonly lines: number;
  /** UTF-8, with the 26 bytes CloudWatch Logs counts for each line. */
  readonly bytes: number;
  /** Lines that an earlier run had settled; part of `lines`. */
  readonly settledBefore?: number;
  /** Of a dry run. */
  readonly found?: Found;
}

/** What a backfill tells at its end. */
export interface Summary {
  readonly since: string;
  readonly until: string;
  readonly dryRun: boolean;
  readonly resumed: boolean;
  /** Whether everything was read and settled. */
  readonly complete: boolean;
  readonly logGroups: Readonly<Record<string, GroupCounts>>;
}

const REMEDIES: readonly Remedy[] = [
  [
    ({ lines }) => lines.quarantined,
    'line',
    'claimed to be telemetry but could not be read; the reasons are above. They stay in CloudWatch Logs.',
  ],
  [(report) => itemsIn(report, 'returned'), 'item', 'not delivered; the errors are above.'],
  [
    (report) => itemsIn(report, 'pending'),
    'item',
    'not delivered, but kept in the dead-letter store: the redrive sends them once the destination takes them.',
  ],
  ...COMMON_REMEDIES,
];

/** What was not delivered, of a run that sent. Who chose destinations knows that they do not take every signal. */
export const backfillShortfalls = (total: TotalReport, chosen: boolean): readonly string[] =>
  shortfalls(total, chosen ? REMEDIES : [...REMEDIES, UNROUTED]);

const unreadableIn = ({ logGroups }: Summary): number =>
  Object.values(logGroups).reduce(
    (sum, { found }) => sum + Object.values(found?.unreadable ?? {}).reduce((a, b) => a + b, 0),
    0,
  );

/** What a dry run found that no run could forward. */
export const surveyShortfalls = (summary: Summary): readonly string[] => {
  const lines = unreadableIn(summary);
  return lines === 0
    ? []
    : [`${counted(lines, 'line')} claimed to be telemetry but could not be read; the reasons are above.`];
};

const NOUNS = { traces: 'span', metrics: 'data point', logs: 'log record' } as const;

/** For people: a line per log group, and one for what became of it. */
export const summaryText = (summary: Summary, total: TotalReport): string => {
  const groups = Object.entries(summary.logGroups).map(([name, { lines, bytes, found }]) => {
    const read = `${name}: ${counted(lines, 'line')}, ${(bytes / 1e6).toFixed(1)} MB`;
    if (found === undefined) return read;
    const items = (['traces', 'metrics', 'logs'] as const).map((signal) =>
      counted(found.telemetry[signal]?.items ?? 0, NOUNS[signal]),
    );
    return `${read}: ${items.join(', ')}; ${counted(found.ignored, 'line')} without telemetry`;
  });
  return [...groups, summary.dryRun ? 'Nothing was sent.' : successText(total)].join('\n');
};
