import type { Dimension, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { type Check, fail, type Finding, pass, warn } from '../check.ts';
import { bucketOf, type Facts } from './facts.ts';
import { listed, once } from './pages.ts';

/** A metric somebody has to be told about. */
interface Wanted {
  readonly metric: string;
  readonly namespace: string;
  /** The function it is about. */
  readonly functionName?: string;
  /** What to call it; default the metric. */
  readonly label?: string;
  /** Without it, something is lost and nobody knows. */
  readonly vital?: true;
}

interface Watched {
  readonly metric: string;
  readonly namespace: string;
  readonly dimensions: readonly Dimension[];
}

const NAMESPACE = 'OtlpForwarder';

const wantedOf = (facts: Facts): readonly Wanted[] => {
  const { names, forwarder, config } = facts;
  const functionName = forwarder.FunctionName ?? names.forwarder;
  const { metrics = {} } = config?.service ?? {};
  const namespace = metrics.namespace ?? NAMESPACE;
  const isKept = bucketOf(facts) !== undefined;
  const own = ['Quarantined', 'Unbalanced', 'Returned', ...(isKept ? ['Expired'] : [])];
  return [
    { metric: 'Errors', namespace: 'AWS/Lambda', functionName, vital: true },
    { metric: 'Throttles', namespace: 'AWS/Lambda', functionName },
    { metric: 'AsyncEventsDropped', namespace: 'AWS/Lambda', functionName },
    { metric: 'DestinationDeliveryFailures', namespace: 'AWS/Lambda', functionName, vital: true },
    { metric: 'DeliveryErrors', namespace: 'AWS/Logs' },
    ...(isKept
      ? [{ metric: 'Errors', namespace: 'AWS/Lambda', functionName: names.redrive, label: 'Errors of the redrive' }]
      : []),
    ...(metrics.enabled === false ? [] : own.map((metric) => ({ metric, namespace }))),
    ...(isKept && metrics.enabled !== false ? [{ metric: 'OldestPendingAge', namespace, vital: true as const }] : []),
  ];
};

const watchedBy = ({
  MetricName: metric,
  Namespace: namespace = '',
  Dimensions = [],
  Metrics = [],
}: MetricAlarm): readonly Watched[] => [
  ...(metric === undefined ? [] : [{ metric, namespace, dimensions: Dimensions }]),
  ...Metrics.flatMap(({ MetricStat, Expression = '' }) => {
    const stat = MetricStat?.Metric;
    // SEARCH('{OtlpForwarder,destination} MetricName="OldestPendingAge"', …)
    const searched = [...Expression.matchAll(/\{\s*"?([^,}"]+)"?[^}]*\}[^']*?MetricName="?(\w+)"?/g)];
    return [
      ...(stat === undefined
        ? []
        : [{ metric: stat.MetricName ?? '', namespace: stat.Namespace ?? '', dimensions: stat.Dimensions ?? [] }]),
      ...searched.map(([, space = '', name = '']) => ({ metric: name, namespace: space, dimensions: [] })),
    ];
  }),
];

const watches = (alarm: MetricAlarm, { metric, namespace, functionName }: Wanted): boolean =>
  watchedBy(alarm).some(
    (watched) =>
      watched.metric === metric &&
      watched.namespace === namespace &&
      (functionName === undefined ||
        watched.dimensions.length === 0 ||
        watched.dimensions.some(({ Name, Value }) => Name === 'FunctionName' && Value === functionName)),
  );

const MAX_ALARMS = 5_000;

type Own = readonly (readonly [Wanted, readonly MetricAlarm[]])[];

const ownAlarms = async (facts: Facts): Promise<Own> => {
  const { items } = await listed(async (NextToken) => {
    const answer = await facts.aws('cloudwatch:DescribeAlarms', {
      AlarmTypes: ['MetricAlarm'],
      MaxRecords: 100,
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    return { items: answer.MetricAlarms ?? [], next: answer.NextToken };
  }, MAX_ALARMS);
  return wantedOf(facts).map((wanted) => [wanted, items.filter((alarm) => watches(alarm, wanted))] as const);
};

const present = (own: Own): readonly Finding[] =>
  own.map(([{ metric, vital, label = metric }, alarms]) => {
    if (alarms.length === 0) return (vital === true ? fail : warn)('alarm-present', 'no alarm watches it', label);
    const names = alarms.map(({ AlarmName }) => AlarmName ?? '').join(', ');
    // Without it, a redrive that does not run is as silent as one that has nothing to do.
    if (metric === 'OldestPendingAge' && !alarms.some(({ TreatMissingData }) => TreatMissingData === 'breaching'))
      return warn('alarm-present', `${names} does not treat missing data as breaching`, metric);
    return pass('alarm-present', names, label);
  });

const alarmsIn = (own: Own): readonly MetricAlarm[] => [
  ...new Map(own.flatMap(([, alarms]) => alarms.map((alarm) => [alarm.AlarmName, alarm] as const))).values(),
];

const states = (own: Own): readonly Finding[] => {
  const odd = alarmsIn(own).filter(({ StateValue }) => StateValue !== 'OK');
  if (odd.length === 0) return [pass('alarm-state', 'all are OK')];
  return odd.map(({ AlarmName, StateValue = 'unknown', StateReason = '' }) =>
    (StateValue === 'ALARM' ? fail : warn)('alarm-state', `${StateValue}: ${StateReason.slice(0, 200)}`, AlarmName),
  );
};

const actions = (own: Own): readonly Finding[] => {
  const silent = alarmsIn(own).filter(
    ({ ActionsEnabled, AlarmActions = [] }) => ActionsEnabled === false || AlarmActions.length === 0,
  );
  if (silent.length === 0) return [pass('alarm-actions', 'each has an action')];
  return silent.map(({ AlarmName }) => warn('alarm-actions', 'it tells nobody', AlarmName));
};

/** Who is told when something is wrong. Alarms are known by what they watch, not by their names. */
export const alarmChecks = (facts: Facts): readonly Check[] => {
  const own = once(() => ownAlarms(facts));
  return [
    { ids: ['alarm-present'], run: async () => present(await own()) },
    { ids: ['alarm-state'], run: async () => states(await own()) },
    { ids: ['alarm-actions'], run: async () => actions(await own()) },
  ];
};
