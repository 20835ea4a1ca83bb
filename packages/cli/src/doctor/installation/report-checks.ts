import type { Aws } from '../aws/calls.ts';
import { type Check, fail, type Finding, pass, skipped, warn } from '../check.ts';
import { ifThere } from '../aws/named.ts';
import { type Facts, filtersTo, logGroupOf } from './facts.ts';
import { listed } from './pages.ts';

/** What is read of a report of the forwarder. */
export interface ReportLine {
  readonly lines: { readonly in: number; readonly decoded: number; readonly quarantined: number };
  readonly destinations: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
  /** Items of signals that no pipeline takes. */
  readonly unrouted?: Readonly<Record<string, number>>;
  readonly durationMs: number;
  readonly balanced: boolean;
  readonly errors?: readonly { readonly destination: string; readonly error: string }[];
  readonly faults?: readonly { readonly reason?: string; readonly source?: Readonly<Record<string, string>> }[];
}

/** A report and when it was logged, in epoch milliseconds. */
export interface StoredReport {
  readonly report: ReportLine;
  readonly timeMs: number;
}

const MESSAGE = 'otlp forwarder report';

const isObject = <T>(value: T | null | undefined): value is T & object => typeof value === 'object' && value !== null;

const reportOf = (message: string): ReportLine | undefined => {
  try {
    const parsed = JSON.parse(message) as Partial<ReportLine> & { readonly message?: unknown };
    const { message: said, lines, destinations } = parsed;
    if (said !== MESSAGE || !isObject(lines) || !isObject(destinations)) return undefined;
    return { durationMs: 0, balanced: true, ...parsed, lines, destinations };
  } catch {
    return undefined;
  }
};

const MAX_REPORTS = 2_000;

/** The reports in a log group since a time; `undefined` where there is no such group. */
export const reportsIn = async (
  aws: Aws,
  logGroupName: string,
  startTime: number,
): Promise<readonly StoredReport[] | undefined> => {
  const found = await ifThere(
    listed(async (nextToken) => {
      const answer = await aws('logs:FilterLogEvents', {
        logGroupName,
        startTime,
        filterPattern: `"${MESSAGE}"`,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      return { items: answer.events ?? [], next: answer.nextToken };
    }, MAX_REPORTS),
  );
  return found?.items.flatMap(({ message = '', timestamp = 0 }) => {
    const report = reportOf(message);
    return report === undefined ? [] : [{ report, timeMs: timestamp }];
  });
};

const HOUR_MS = 3_600_000;

const reports = async ({ aws, forwarder, now }: Facts): Promise<readonly Finding[]> => {
  const name = logGroupOf(forwarder);
  const found = await reportsIn(aws, name, now() - HOUR_MS);
  if (found === undefined || found.length === 0)
    return [
      warn('report-recent', found === undefined ? 'there is no log group yet' : 'none', name),
      skipped('report-balanced', 'there is no report'),
    ];
  const wrong = found.filter(({ report }) => !report.balanced);
  const lines = found.reduce((sum, { report }) => sum + report.lines.decoded, 0);
  return [
    pass('report-recent', `${found.length} reports, ${lines} lines of telemetry`, name),
    wrong.length === 0
      ? pass('report-balanced', `${found.length} reports`, name)
      : fail('report-balanced', `${wrong.length} of ${found.length} do not`, name),
  ];
};

const MAX_QUERIES = 100;

/** Metrics of CloudWatch Logs about filters that lead to the forwarder. */
const deliveryErrors = async ({ aws, groups, arn, now }: Facts): Promise<readonly Finding[]> => {
  const { items } = await groups();
  const filters = items
    .flatMap((group) => filtersTo(arn, group).map(({ filterName = '' }) => ({ name: group.name, filterName })))
    .slice(0, MAX_QUERIES);
  if (filters.length === 0) return [skipped('subscription-delivery', 'no filter of a log group leads to it')];
  const { MetricDataResults: results = [] } = await aws('cloudwatch:GetMetricData', {
    StartTime: new Date(now() - HOUR_MS),
    EndTime: new Date(now()),
    MetricDataQueries: filters.map(({ name, filterName }, index) => ({
      Id: `q${index}`,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/Logs',
          MetricName: 'DeliveryErrors',
          Dimensions: [
            { Name: 'LogGroupName', Value: name },
            { Name: 'DestinationType', Value: 'Lambda' },
            { Name: 'FilterName', Value: filterName },
          ],
        },
        Period: 3_600,
        Stat: 'Sum',
      },
    })),
  });
  const failed = results.flatMap(({ Id = '', Values = [] }) => {
    const errors = Values.reduce((sum, value) => sum + value, 0);
    return errors === 0
      ? []
      : [fail('subscription-delivery', `${errors} errors in the last hour`, filters[Number(Id.slice(1))]?.name)];
  });
  return failed.length === 0 ? [pass('subscription-delivery', 'no errors in the last hour')] : failed;
};

/** What the forwarder and CloudWatch Logs say about the last hour. */
export const reportChecks = (facts: Facts): readonly Check[] => [
  { ids: ['report-recent', 'report-balanced'], run: () => reports(facts) },
  { ids: ['subscription-delivery'], run: () => deliveryErrors(facts) },
];
