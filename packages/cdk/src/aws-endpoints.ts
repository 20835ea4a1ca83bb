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

const logGroupArn = (scope: Construct, name: string): string =>
  Stack.of(scope).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: `${name}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

const onEverything = (scope: Construct, sid: 'SendTraces' | 'SendMetrics', actions: string[]): PolicyStatement =>
  statement(sid, { actions, resources: ['*'], conditions: inThisRegion(scope) });

const TRACES = ['xray:PutTraceSegments', 'xray:PutSpans', 'xray:PutSpansForIndexing'];
const METRICS = ['cloudwatch:PutMetricData'];
const LOGS = ['logs:PutLogEvents', 'logs:DescribeLogGroups', 'logs:DescribeLogStreams'];

/** What the OTLP endpoints of AWS ask for, or the roles that destinations assume instead. */
export const destinationStatements = (
  scope: Construct,
  destinations: Readonly<Record<string, Destination>>,
): readonly PolicyStatement[] => {
  const services = new Set<Service>();
  const roles = new Set<string>();
  const logGroups = new Set<string>();
  for (const [name, destination] of Object.entries(destinations)) {
    const role = destination.auth?.sigv4?.role_arn;
    if (typeof role === 'string') roles.add(role);
    if (role !== undefined) continue;
    for (const service of servicesOf(destination)) {
      services.add(service);
      if (service === 'logs') logGroups.add(logGroupArn(scope, logGroupOf(name, destination)));
    }
  }
  return [
    ...(services.has('xray') ? [onEverything(scope, 'SendTraces', TRACES)] : []),
    ...(services.has('monitoring') ? [onEverything(scope, 'SendMetrics', METRICS)] : []),
    ...(logGroups.size === 0 ? [] : [statement('SendLogs', { actions: LOGS, resources: [...logGroups] })]),
    ...(roles.size === 0 ? [] : [statement('AssumeRoles', { actions: ['sts:AssumeRole'], resources: [...roles] })]),
  ];
};
