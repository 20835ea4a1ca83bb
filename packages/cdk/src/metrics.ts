import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { OtlpForwarderProps } from './props.ts';
import { destinationId } from './destinations.ts';

/** All metrics are looked at in steps of this. */
export const PERIOD: Duration = Duration.minutes(5);

/** What the forwarder itself counts, by destination (D26), and what it has counted it for. */
export interface OwnMetrics {
  /** Ids of the destinations that are known. */
  readonly destinations: readonly string[];
  readonly of: (name: string, destination: string, statistic: 'Sum' | 'Maximum') => Metric;
  /** The sum over these dimensions; nothing is as good as zero. */
  readonly sumOf: (name: string, dimensions: readonly string[]) => IMetric;
}

const idsOf = ({ endpoint, destinations = {} }: OtlpForwarderProps): readonly string[] =>
  endpoint === undefined ? Object.keys(destinations).map(destinationId) : ['otlp_http'];

/** An expression takes at most ten metrics. Source: PutMetricAlarm, `Metrics`. */
const MAX_METRICS = 9;

/** The metrics of the forwarder; `undefined` where they are switched off. */
export const ownMetricsOf = (props: OtlpForwarderProps, more: readonly string[]): OwnMetrics | undefined => {
  const { enabled = true, namespace = 'OtlpForwarder' } = props.service?.metrics ?? {};
  if (!enabled) return undefined;
  if (typeof namespace !== 'string')
    throw new Error('service.metrics.namespace: alarms need to know it: write its text');
  const of: OwnMetrics['of'] = (metricName, destination, statistic) =>
    new Metric({ namespace, metricName, dimensionsMap: { destination }, statistic, period: PERIOD });
  return {
    destinations: [...idsOf(props), ...more],
    of,
    sumOf: (name, dimensions) => {
      const usingMetrics = Object.fromEntries(
        dimensions.slice(0, MAX_METRICS).map((dimension, index) => [`m${index + 1}`, of(name, dimension, 'Sum')]),
      );
      const expression = Object.keys(usingMetrics)
        .map((id) => `FILL(${id}, 0)`)
        .join(' + ');
      return new MathExpression({ expression, usingMetrics, label: name, period: PERIOD });
    },
  };
};

/** A metric that Lambda counts. */
export const lambdaMetric = (
  { functionName }: LambdaFunction,
  metricName: string,
  statistic: 'Sum' | 'Maximum' = 'Sum',
): Metric =>
  new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName: functionName },
    statistic,
    period: PERIOD,
  });

/** A metric that CloudWatch Logs counts of a filter. */
export const filterMetric = (logGroupName: string, filterName: string, metricName: string): Metric =>
  new Metric({
    namespace: 'AWS/Logs',
    metricName,
    dimensionsMap: { LogGroupName: logGroupName, DestinationType: 'Lambda', FilterName: filterName },
    statistic: 'Sum',
    period: PERIOD,
  });
