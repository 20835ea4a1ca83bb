import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { type Destination, isKnown } from './destinations.ts';
import { inThisRegion } from './grants.ts';
import { statement } from './statements.ts';

type Service = 'xray' | 'logs' | 'monitoring';

/** Hosts as docs/guides/backends/aws-cloudwatch.md has them. */
const HOST = /^(xray|logs|monitoring)(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/;

const serviceOf = (url: unknown): Service | undefined => {
  if (!isKnown(url) || !URL.canParse(url)) return undefined;
  return HOST.exec(new URL(url).hostname)?.[1] as Service | undefined;
};

const servicesOf = (destination: Destination): ReadonlySet<Service> => {
  const { endpoint, traces_endpoint, metrics_endpoint, logs_endpoint } = destination;
  const found = [endpoint, traces_endpoint, metrics_endpoint, logs_endpoint].map(serviceOf);
  return new Set(found.filter((service) => service !== undefined));
};

const logGroupOf = (name: string, { headers = {} }: Destination): string => {
  const value = Object.entries(headers).find(([header]) => header.toLowerCase() === 'x-aws-log-group')?.[1];
  if (typeof value === 'string') return value;
  throw new Error(
    `destinations.${name}: CloudWatch Logs needs the header x-aws-log-group, and its name in the template`,
  );
};

const SENDS: Readonly<
  Record<Service, (scope: Construct, name: string, destination: Destination) => readonly PolicyStatement[]>
> = {
  xray: (scope) => [
    statement('SendTraces', {
      actions: ['xray:PutTraceSegments', 'xray:PutSpans', 'xray:PutSpansForIndexing'],
      resources: ['*'],
      conditions: inThisRegion(scope),
    }),
  ],
  monitoring: (scope) => [
    statement('SendMetrics', {
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: inThisRegion(scope),
    }),
  ],
  logs: (scope, name, destination) => {
    const arn = Stack.of(scope).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `${logGroupOf(name, destination)}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const actions = ['logs:PutLogEvents', 'logs:DescribeLogGroups', 'logs:DescribeLogStreams'];
    return [statement('SendLogs', { actions, resources: [arn] })];
  },
};

/** What the OTLP endpoints of AWS ask for, or the role that a destination assumes instead. */
export const destinationStatements = (
  scope: Construct,
  destinations: Readonly<Record<string, Destination>>,
): readonly PolicyStatement[] => {
  const roles = new Set<string>();
  const sends = new Map<Service, readonly PolicyStatement[]>();
  for (const [name, destination] of Object.entries(destinations)) {
    const role = destination.auth?.sigv4?.role_arn;
    if (typeof role === 'string') roles.add(role);
    if (role !== undefined) continue;
    for (const service of servicesOf(destination)) sends.set(service, SENDS[service](scope, name, destination));
  }
  return [
    ...[...sends.values()].flat(),
    ...(roles.size === 0 ? [] : [statement('AssumeRoles', { actions: ['sts:AssumeRole'], resources: [...roles] })]),
  ];
};
