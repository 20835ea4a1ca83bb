import { createHash } from 'node:crypto';
import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import { CfnPermission, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnAccountPolicy, CfnSubscriptionFilter, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct, IDependable } from 'constructs';

/** All log groups of the account in this Region, by the one subscription policy an account may have there. */
export interface AllLogGroups {
  readonly allLogGroups: true;
  /** Names of log groups that are left out, besides those of the forwarder itself. */
  readonly except?: readonly string[];
}

/** These log groups, each by a filter of its own. */
export interface ListedLogGroups {
  readonly logGroups: readonly (string | ILogGroup)[];
}

/** What subscriptions are made with. */
export interface SubscriptionOptions {
  readonly forwarder: LambdaFunction;
  /** What has to be there before the first event. */
  readonly ready: IDependable;
  readonly pattern: string;
  /** Of the filters and of the policy. */
  readonly name: string;
  /** Names of the log groups that are never subscribed. */
  readonly own: readonly string[];
  /** Names of those that are already. */
  readonly subscribed: Set<string>;
}

/** Source: PutAccountPolicy, `selectionCriteria`. */
const MAX_CRITERIA_BYTES = 25 * 1024;

/**
 * The policy of a function holds 20 480 bytes. Beyond so many log groups one permission stands for all the others of this account.
 * Source: https://github.com/elastic/elastic-serverless-forwarder/issues/219.
 */
const MAX_PERMISSIONS = 20;

/** Name of a log group. */
export const nameOf = (group: string | ILogGroup): string => (typeof group === 'string' ? group : group.logGroupName);

/** The same log group has the same logical id, wherever it stands in the list. */
const idOf = (group: string | ILogGroup): string =>
  createHash('sha256')
    .update(typeof group === 'string' && !Token.isUnresolved(group) ? group : uniqueOf(group))
    .digest('hex')
    .slice(0, 8);

const uniqueOf = (group: string | ILogGroup): string => (typeof group === 'string' ? group : group.node.path);

/** CloudWatch Logs may invoke the function for log groups of this account and Region. */
const allow = (scope: Construct, id: string, forwarder: LambdaFunction, logGroups: string): CfnPermission =>
  new CfnPermission(scope, id, {
    functionName: forwarder.functionArn,
    action: 'lambda:InvokeFunction',
    principal: 'logs.amazonaws.com',
    sourceAccount: Stack.of(scope).account,
    sourceArn: Stack.of(scope).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: logGroups === '*' ? '*' : `${logGroups}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  });

const allowAll = (scope: Construct, forwarder: LambdaFunction): CfnPermission =>
  (scope.node.tryFindChild('CloudWatchLogs') as CfnPermission | undefined) ??
  allow(scope, 'CloudWatchLogs', forwarder, '*');

/** What cannot be forwarded: a log group that is subscribed already, or the forwarder's own. */
const refuse = (name: string, { subscribed, own }: SubscriptionOptions): void => {
  if (own.includes(name))
    throw new Error(`subscriptions: ${name} is the forwarder's own log group: it would feed itself`);
  if (subscribed.has(name))
    throw new Error(`subscriptions: ${name} is subscribed already: it would be delivered twice`);
  subscribed.add(name);
};

/**
 * A filter of a log group, after the permission: without it CloudWatch skips what is logged.
 *
 * @param id of the log group among the others; default made of its name.
 */
export const subscribeOne = (
  scope: Construct,
  group: string | ILogGroup,
  options: SubscriptionOptions,
  id: string = idOf(group),
): CfnSubscriptionFilter => {
  const { forwarder, pattern, name: filterName, subscribed } = options;
  const logGroupName = nameOf(group);
  refuse(logGroupName, options);
  const filter = new CfnSubscriptionFilter(scope, `Subscription${id}`, {
    logGroupName,
    filterName,
    filterPattern: pattern,
    destinationArn: forwarder.functionArn,
  });
  const allowed = subscribed.size > MAX_PERMISSIONS ? allowAll(scope, forwarder) : undefined;
  filter.node.addDependency(options.ready, allowed ?? allow(scope, `CloudWatchLogs${id}`, forwarder, logGroupName));
  return filter;
};

/** The subscription policy of the account. AWS refuses a second one, and the deployment is rolled back. */
export const subscribeAll = (
  scope: Construct,
  { except = [] }: AllLogGroups,
  { forwarder, ready, pattern, name, own }: SubscriptionOptions,
): CfnAccountPolicy => {
  const names = [...own, ...except];
  const criteria = `LogGroupName NOT IN [${names.map((group) => `"${group}"`).join(', ')}]`;
  if (Buffer.byteLength(criteria) > MAX_CRITERIA_BYTES)
    throw new Error(`subscriptions.except: ${except.length} names are more than a policy holds (25 KB)`);
  const policy = new CfnAccountPolicy(scope, 'AccountPolicy', {
    policyName: name,
    policyType: 'SUBSCRIPTION_FILTER_POLICY',
    scope: 'ALL',
    selectionCriteria: criteria,
    policyDocument: Stack.of(scope).toJsonString({ DestinationArn: forwarder.functionArn, FilterPattern: pattern }),
  });
  policy.node.addDependency(ready, allowAll(scope, forwarder));
  return policy;
};
