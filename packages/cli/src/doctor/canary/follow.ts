import { visible } from '@serverless-otlp/dev-server';
import { ifThere } from '../aws/named.ts';
import { type Finding, fail, pass, skipped, warn } from '../check.ts';
import { type Facts, leadsTo, logGroupOf } from '../installation/facts.ts';
import { brings } from '../installation/filter-pattern.ts';
import { reportsIn, type StoredReport } from '../installation/report-checks.ts';
import { reasonOf } from '../reason.ts';
import { canaryLine, type CanaryLine, type Chance } from './canary-line.ts';
import { deliveries, reportAbout } from './delivered.ts';
import type { Hop } from './hops.ts';

/** What {@link followCanary} does with time and chance. */
export interface FollowOptions {
  readonly facts: Facts;
  readonly logGroup: string;
  readonly chance: Chance;
  /** Resolves after so many milliseconds, or as soon as the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  /** Until when the report is waited for; some time before the signal ends everything. */
  readonly untilMs: number;
  /** Is told before anything is written. */
  readonly onWrite: (text: string) => void;
}

/** How far a canary came. */
export interface Followed {
  readonly findings: readonly Finding[];
  readonly traceId: string;
  readonly hops: readonly Hop[];
}

const POLL_MS = 2_000;
/** The clocks of CloudWatch and of this machine may differ that much. */
const SLACK_MS = 60_000;

interface Way {
  readonly pattern: string;
  readonly destination: string;
  readonly name: string;
}

/** The ways a line of this log group takes. */
const waysOf = async ({ groups, policies }: Facts, logGroup: string): Promise<readonly Way[]> => {
  const { items } = await groups();
  const known = await policies().catch(() => []);
  const own = items.find(({ name }) => name === logGroup)?.filters ?? [];
  return [
    ...own.map(({ filterPattern = '', destinationArn = '', filterName = '' }) => ({
      pattern: filterPattern,
      destination: destinationArn,
      name: filterName,
    })),
    ...known
      .filter(({ except }) => !except.includes(logGroup))
      .map(({ pattern, destinationArn, name }) => ({
        pattern,
        destination: destinationArn,
        name: `account policy ${name}`,
      })),
  ];
};

const filterOf = async ({ facts, logGroup }: FollowOptions, line: string): Promise<Finding> => {
  const ways = (await waysOf(facts, logGroup)).filter(({ pattern }) => brings(pattern, line) !== false);
  const direct = ways.find(({ destination }) => leadsTo(destination, facts.arn));
  if (direct !== undefined) return pass('canary-filter', direct.name, logGroup);
  const [other] = ways;
  if (other === undefined)
    return fail('canary-filter', 'no filter of it brings an envelope anywhere; nothing is written', logGroup);
  return warn('canary-filter', `${other.name} leads to ${other.destination}, not to the function itself`, logGroup);
};

/** Writes the line into a log stream of its own. Rejects as `CallFailed`. */
const write = async ({ facts, logGroup }: FollowOptions, stream: string, line: string): Promise<Hop> => {
  const startMs = facts.now();
  const to = { logGroupName: logGroup, logStreamName: stream };
  await facts.aws('logs:CreateLogStream', to);
  const answer = await facts.aws('logs:PutLogEvents', { ...to, logEvents: [{ timestamp: startMs, message: line }] });
  const refused = answer.rejectedLogEventsInfo !== undefined;
  const hop = { place: 'CloudWatch', name: 'accepts the line', startMs, endMs: facts.now() };
  return refused ? { ...hop, failure: 'its time is refused: check the clock of this machine' } : hop;
};

/** Looks into the log of the forwarder until it tells of the canary, or time is over. */
const awaitReport = async (
  { facts, sleep, signal, untilMs }: FollowOptions,
  { spans }: CanaryLine,
  stream: string,
  sinceMs: number,
): Promise<StoredReport | undefined> => {
  for (;;) {
    const reports = (await reportsIn(facts.aws, logGroupOf(facts.forwarder), sinceMs - SLACK_MS)) ?? [];
    const found = reportAbout(reports, spans, stream);
    if (found !== undefined || facts.now() >= untilMs || signal.aborted) return found;
    await sleep(POLL_MS, signal);
  }
};

/** The hop that fails when nobody tells of the canary: an invocation that says anything at all has been one. */
const silence = async ({ facts }: FollowOptions, acceptedMs: number): Promise<readonly [Finding, Hop]> => {
  const { events = [] } =
    (await ifThere(
      facts.aws('logs:FilterLogEvents', { logGroupName: logGroupOf(facts.forwarder), startTime: acceptedMs, limit: 1 }),
    )) ?? {};
  const endMs = facts.now();
  const seconds = Math.round((endMs - acceptedMs) / 1_000);
  const ran = events.length > 0;
  const failure = `${ran ? 'it ran, but no report tells of it' : 'its log says nothing'} after ${seconds} s`;
  const hop = { startMs: acceptedMs, endMs, failure };
  return ran
    ? [fail('canary-forwarder', failure), { place: 'forwarder', name: 'does not tell of it', ...hop }]
    : [fail('canary-invoked', failure), { place: 'CloudWatch', name: 'does not hand it over', ...hop }];
};

const hopsOf = ({ report, timeMs }: StoredReport, acceptedMs: number, found: readonly Finding[]): readonly Hop[] => {
  const endMs = Math.max(acceptedMs, timeMs);
  const startMs = Math.max(acceptedMs, endMs - report.durationMs);
  const failures = found.filter(({ status }) => status === 'fail');
  const ofDestination = found.map(({ subject = 'nobody', status, evidence }): Hop => ({
    place: 'destination',
    name: subject,
    startMs,
    endMs,
    inner: true,
    ...(status === 'fail' ? { failure: evidence } : {}),
  }));
  return [
    { place: 'CloudWatch', name: 'filters, hands over', startMs: acceptedMs, endMs: startMs },
    {
      place: 'forwarder',
      name: 'decodes, sends, reports',
      startMs,
      endMs,
      ...(failures.length === 0 ? {} : { failure: `${failures.length} of ${found.length} destinations` }),
    },
    ...ofDestination,
  ];
};

/** Writes one trace into a log group, and follows it hop by hop until every destination has it, or one hop fails. */
export const followCanary = async (options: FollowOptions): Promise<Followed> => {
  const { facts, logGroup, chance, onWrite } = options;
  const canary = canaryLine(chance, facts.now());
  const { traceId, spans } = canary;
  const ended = (findings: readonly Finding[], hops: readonly Hop[] = []): Followed => ({ findings, hops, traceId });

  let filter: Finding;
  try {
    filter = await filterOf(options, canary.line);
  } catch (error) {
    return ended([skipped('canary-filter', reasonOf(error), logGroup)]);
  }
  if (filter.status === 'fail') return ended([filter]);

  const stream = `serverless-otlp-doctor/${chance.hex(8)}`;
  onWrite(
    `Writing one trace of ${spans} spans, ${traceId}, to ${visible(logGroup)}, log stream ${stream}. It goes to every destination.`,
  );
  let accepted: Hop;
  try {
    accepted = await write(options, stream, canary.line);
  } catch (error) {
    return ended([filter, fail('canary-accepted', reasonOf(error), logGroup)]);
  }
  const tookMs = accepted.endMs - accepted.startMs;
  if (accepted.failure !== undefined)
    return ended([filter, fail('canary-accepted', accepted.failure, logGroup)], [accepted]);
  const soFar = [filter, pass('canary-accepted', `after ${tookMs} ms`, logGroup)];

  try {
    const report = await awaitReport(options, canary, stream, accepted.startMs);
    if (report === undefined) {
      const [finding, hop] = await silence(options, accepted.endMs);
      return ended([...soFar, finding], [accepted, hop]);
    }
    const found = deliveries(report, spans);
    const seconds = Math.max(0, report.timeMs - accepted.startMs) / 1_000;
    const told = [
      pass('canary-invoked', `it reported after ${seconds.toFixed(1)} s`),
      pass('canary-forwarder', `recognised by its ${spans} spans`),
    ];
    return ended([...soFar, ...told, ...found], [accepted, ...hopsOf(report, accepted.endMs, found)]);
  } catch (error) {
    return ended([...soFar, skipped('canary-forwarder', reasonOf(error))], [accepted]);
  }
};
