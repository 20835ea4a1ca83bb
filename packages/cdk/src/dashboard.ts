import { Dashboard, GraphWidget, type IMetric, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { lambdaMetric } from './metrics.ts';
import type { Watched } from './alarms.ts';

const WIDTH = 12;
const HEIGHT = 6;

const graph = (title: string, left: readonly IMetric[]): GraphWidget =>
  new GraphWidget({ title, left: [...left], width: WIDTH, height: HEIGHT });

/** What arrives, what waits, and how the two functions are. */
export const makeDashboard = (scope: Construct, { forwarder, redrive, own }: Watched): Dashboard => {
  const dashboard = new Dashboard(scope, 'Dashboard');
  const ids = own?.destinations ?? [];
  const by = (name: string, statistic: 'Sum' | 'Maximum' = 'Sum'): readonly IMetric[] =>
    ids.flatMap((id) => own?.of(name, id, statistic).with({ label: id }) ?? []);
  dashboard.addWidgets(
    new TextWidget({
      markdown: `# OTLP forwarder\nLog of the forwarder: \`${forwarder.functionName}\`. What waits: \`serverless-otlp redrive list\`.`,
      width: 2 * WIDTH,
      height: 2,
    }),
  );
  if (own !== undefined)
    dashboard.addWidgets(
      graph('Delivered, by destination', by('Delivered')),
      graph('Oldest that waits, in seconds', by('OldestPendingAge', 'Maximum')),
      graph('Set aside or refused', [...by('Quarantined'), ...by('Rejected'), own.of('Quarantined', 'lines', 'Sum')]),
      graph('Stored to be sent later, and sent later', [...by('Pending'), ...by('Redriven')]),
    );
  dashboard.addWidgets(
    graph(
      'Forwarder',
      ['Invocations', 'Errors', 'Throttles'].map((name) => lambdaMetric(forwarder, name)),
    ),
    graph('Time and age, at most, in ms', [
      lambdaMetric(forwarder, 'Duration', 'Maximum'),
      lambdaMetric(forwarder, 'AsyncEventAge', 'Maximum'),
    ]),
    graph('Environments at once', [lambdaMetric(forwarder, 'ConcurrentExecutions', 'Maximum')]),
    graph(
      'Redrive',
      ['Invocations', 'Errors'].map((name) => lambdaMetric(redrive, name)),
    ),
  );
  return dashboard;
};
