import { type Duration, Token } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { filterMetric, lambdaMetric, type OwnMetrics, PERIOD } from './metrics.ts';

/** Who is told of what. */
export interface AlarmOptions {
  /** Is told when an alarm rings, and when it is over. Default: nobody; the alarms are there all the same. */
  readonly topic?: ITopic;
  /** How long telemetry may wait for a destination, in seconds. Default 900. */
  readonly pendingAgeSeconds?: number;
  /** Ids of destinations that only a configuration kept elsewhere, or a secret, names: `otlp_http/vendor`. */
  readonly destinations?: readonly string[];
}

/** What {@link makeAlarms} looks at. */
export interface Watched {
  readonly forwarder: LambdaFunction;
  readonly redrive: LambdaFunction;
  readonly own: OwnMetrics | undefined;
  /** How often the redrive runs, and says what waits. */
  readonly redriveInterval: Duration;
  readonly options: AlarmOptions;
}

interface Rule {
  readonly id: string;
  readonly metric: IMetric;
  /** What it means and what to do, for whom it wakes. */
  readonly says: string;
  /** Rings above it; default 0. */
  readonly above?: number;
  /** How many periods of five minutes in a row; default 1. */
  readonly periods?: number;
  /** Whether silence is bad news. */
  readonly missingBreaches?: true;
}

const ring = (scope: Construct, { topic }: AlarmOptions, rule: Rule): Alarm => {
  const { id, metric, says, above = 0, periods = 1, missingBreaches = false } = rule;
  const alarm = new Alarm(scope, id, {
    metric,
    alarmDescription: says,
    threshold: above,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: periods,
    datapointsToAlarm: periods,
    treatMissingData: missingBreaches ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
  if (topic !== undefined) {
    alarm.addAlarmAction(new SnsAction(topic));
    alarm.addOkAction(new SnsAction(topic));
  }
  return alarm;
};

const ofLambda = ({ forwarder, redrive }: Watched): readonly Rule[] => [
  {
    id: 'ForwarderErrors',
    metric: lambdaMetric(forwarder, 'Errors'),
    says: 'The forwarder failed: the dead-letter bucket could not be written, or its configuration is wrong. Look at its log; Lambda tries the events twice more, then keeps them in the bucket.',
  },
  {
    id: 'RedriveErrors',
    metric: lambdaMetric(redrive, 'Errors'),
    says: 'The redrive failed: the dead-letter bucket could not be read or written. Look at its log; what waits goes on waiting.',
  },
  {
    id: 'Throttles',
    metric: lambdaMetric(forwarder, 'Throttles'),
    periods: 3,
    says: 'The forwarder has had too little concurrency for 15 minutes. Events wait up to six hours; raise reservedConcurrency if AsyncEventAge grows.',
  },
  {
    id: 'EventsDropped',
    metric: lambdaMetric(forwarder, 'AsyncEventsDropped'),
    says: 'Lambda gave up events. They are in the bucket below aws/lambda/async/ and are redriven, unless DeliveryFailures rings as well.',
  },
  {
    id: 'DeliveryFailures',
    metric: lambdaMetric(forwarder, 'DestinationDeliveryFailures'),
    says: 'Lambda gave up events and could not put them into the bucket: they are lost. Check the role, the bucket and its key, then backfill from the log groups.',
  },
];

const ofDestinations = ({ own, options, redriveInterval }: Watched): readonly Rule[] => {
  if (own === undefined) return [];
  const { pendingAgeSeconds = 900 } = options;
  const { destinations, of, sumOf } = own;
  // Two runs: between them there is no data, which is as bad as old data.
  const periods = 2 * Math.max(1, Math.ceil(redriveInterval.toMinutes() / PERIOD.toMinutes()));
  return [
    ...destinations.map((destination): Rule => ({
      id: Token.isUnresolved(destination) ? 'PendingAge' : `PendingAge-${destination.replaceAll('/', '-')}`,
      metric: of('OldestPendingAge', destination, 'Maximum'),
      above: pendingAgeSeconds,
      periods,
      missingBreaches: true,
      says: `Telemetry for ${destination} has waited longer than ${pendingAgeSeconds} s, or the redrive does not run. Run: serverless-otlp redrive list`,
    })),
    {
      id: 'Quarantined',
      metric: sumOf('Quarantined', ['lines', 'events', ...destinations]),
      says: 'Something cannot be read, or was refused alone. A person has to look: serverless-otlp redrive list --state quarantine',
    },
    {
      id: 'Expired',
      metric: sumOf('Expired', ['events', ...destinations]),
      says: 'Telemetry waited longer than max_age_hours and was moved to expired/.',
    },
    {
      id: 'Returned',
      metric: sumOf('Returned', ['lines', ...destinations]),
      says: 'Telemetry was neither delivered nor stored: the bucket failed as well. Lambda has the events, for two more tries.',
    },
    {
      id: 'Unbalanced',
      metric: sumOf('Unbalanced', ['lines', 'redrive']),
      says: 'A report does not add up. That is a bug of the forwarder: please report it with the report line.',
    },
  ];
};

/** Alarms on everything that loses telemetry, or would if nobody looked. */
export const makeAlarms = (scope: Construct, watched: Watched): readonly Alarm[] =>
  [...ofLambda(watched), ...ofDestinations(watched)].map((rule) => ring(scope, watched.options, rule));

/** CloudWatch Logs could not hand over lines of a log group; after 24 hours of it they are skipped. */
export const alarmOnFilter = (
  scope: Construct,
  id: string,
  logGroupName: string,
  filterName: string,
  options: AlarmOptions,
): Alarm =>
  ring(scope, options, {
    id: `DeliveryErrors${id}`,
    metric: filterMetric(logGroupName, filterName, 'DeliveryErrors'),
    says: `CloudWatch Logs cannot invoke the forwarder with lines of ${logGroupName}. Check the permission of logs.amazonaws.com; what is logged meanwhile is skipped: backfill it.`,
  });
