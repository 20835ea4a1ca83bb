import { visible } from '@serverless-otlp/dev-server';
import { fail, type Finding, pass, warn } from '../check.ts';
import type { ReportLine, StoredReport } from '../installation/report-checks.ts';

type Counts = Readonly<Record<string, number>>;

/** Whether a report tells of this canary: of so many spans of one signal, or of a line of its log stream that cannot be read. */
const isAbout = ({ lines, destinations, unrouted, faults = [] }: ReportLine, spans: number, stream: string): boolean =>
  faults.some(({ source }) => source?.['log_stream'] === stream) ||
  // Its log stream has no other line, so neither has its event.
  (lines.in === 1 &&
    (Object.values(destinations).some(({ traces }) => traces?.['decoded'] === spans) ||
      unrouted?.['traces'] === spans));

/** The report that tells of the canary; of several that may, the latest. */
export const reportAbout = (
  reports: readonly StoredReport[],
  spans: number,
  stream: string,
): StoredReport | undefined =>
  reports
    .filter(({ report }) => isAbout(report, spans, stream))
    .toSorted((a, b) => a.timeMs - b.timeMs)
    .at(-1);

const FATES = ['pending', 'quarantined', 'rejected', 'returned', 'filtered'] as const;

const findingOf = (destination: string, counts: Counts, spans: number, error: string | undefined): Finding => {
  const id = 'canary-delivered';
  const { delivered = 0, filtered = 0, unconfirmed = 0 } = counts;
  if (delivered === spans)
    return unconfirmed > 0
      ? warn(id, `${delivered} spans, with an answer that cannot be read`, destination)
      : pass(id, `${delivered} spans`, destination);
  const fates = FATES.flatMap((fate) => ((counts[fate] ?? 0) > 0 ? [`${counts[fate]} ${fate}`] : [])).join(', ');
  const evidence = `${delivered} of ${spans} spans${fates === '' ? '' : `, ${fates}`}${error === undefined ? '' : `: ${error}`}`;
  // Its processors want none of it: nothing is wrong.
  return (filtered === spans ? warn : fail)(id, visible(evidence), destination);
};

/** What became of the canary at each destination. */
export const deliveries = ({ report }: StoredReport, spans: number): readonly Finding[] => {
  const { destinations, errors = [], faults = [] } = report;
  if (faults.length > 0 && Object.keys(destinations).length === 0)
    return [fail('canary-delivered', `the line could not be read: ${visible(faults[0]?.reason ?? 'no reason')}`)];
  const own = Object.entries(destinations).filter(([, { traces }]) => traces !== undefined);
  if (own.length === 0) return [fail('canary-delivered', 'no destination takes traces of this log group')];
  return own.map(([id, { traces = {} }]) =>
    findingOf(id, traces, spans, errors.find(({ destination }) => destination === id)?.error),
  );
};
