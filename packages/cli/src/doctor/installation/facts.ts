import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { AccountPolicy, SubscriptionFilter } from '@aws-sdk/client-cloudwatch-logs';
import type { Config } from '@serverless-otlp/forwarder/config';
import type { Aws } from '../aws/calls.ts';
import { ifThere } from '../aws/named.ts';
import { eachOf, type Listed, listed, once } from './pages.ts';

/** What belongs to an installation, by its names. */
export interface Names {
  /** Name or ARN of the forwarder. */
  readonly forwarder: string;
  readonly redrive: string;
  /** Functions that print telemetry. */
  readonly producers?: readonly string[];
  /** Log groups that are or should be subscribed; absent: those of the producers, or all there are. */
  readonly logGroups?: readonly string[];
}

/** A log group and its filters. */
export interface GroupFacts {
  readonly name: string;
  readonly arn: string;
  readonly logClass: string;
  readonly filters: readonly SubscriptionFilter[];
}

/** An account policy that subscribes log groups. */
export interface PolicyFacts {
  readonly name: string;
  readonly destinationArn: string;
  readonly pattern: string;
  /** Log groups it leaves out. */
  readonly except: readonly string[];
}

/** What several checks want to know; each is asked for once, and rejects for whoever asks when it cannot be known. */
export interface Facts {
  readonly aws: Aws;
  readonly names: Names;
  readonly account: string;
  readonly region: string;
  readonly forwarder: FunctionConfiguration;
  readonly arn: string;
  /** As far as it can be read from here. */
  readonly config: Config | undefined;
  readonly redrive: () => Promise<FunctionConfiguration | undefined>;
  readonly groups: () => Promise<Listed<GroupFacts>>;
  readonly policies: () => Promise<readonly PolicyFacts[]>;
  readonly now: () => number;
}

/** Whether something leads to a function: to it, or to a version or alias of it. */
export const leadsTo = (destination: string | undefined, arn: string): boolean =>
  destination === arn || destination?.startsWith(`${arn}:`) === true;

/** Filters of a log group that lead to the function. */
export const filtersTo = (arn: string, { filters }: GroupFacts): readonly SubscriptionFilter[] =>
  filters.filter(({ destinationArn }) => leadsTo(destinationArn, arn));

/** Log groups that are looked at when none is named. */
const MAX_GROUPS = 200;

/** Where a function writes its log. */
export const logGroupOf = ({ LoggingConfig: { LogGroup } = {}, FunctionName }: FunctionConfiguration): string =>
  LogGroup ?? `/aws/lambda/${FunctionName ?? ''}`;

/** The dead-letter bucket and the prefix in it, which is empty or ends in a slash. */
export const bucketOf = ({ config }: Facts): { readonly bucket: string; readonly prefix: string } | undefined => {
  const { bucket, prefix = '' } = config?.dead_letter?.s3 ?? {};
  return bucket === undefined ? undefined : { bucket, prefix: prefix === '' ? '' : `${prefix.replace(/\/+$/, '')}/` };
};

const policyOf = ({ policyName = '', policyDocument = '', selectionCriteria = '' }: AccountPolicy): PolicyFacts => {
  let document: { readonly DestinationArn?: string; readonly FilterPattern?: string } = {};
  try {
    document = JSON.parse(policyDocument) as typeof document;
  } catch {
    // What cannot be read leads nowhere.
  }
  const [, list = ''] = /NOT IN\s*\[([^\]]*)\]/i.exec(selectionCriteria) ?? [];
  const except = [...list.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name);
  return {
    name: policyName,
    destinationArn: document.DestinationArn ?? '',
    pattern: document.FilterPattern ?? '',
    except,
  };
};

interface Group {
  readonly logGroupName?: string | undefined;
  readonly logGroupArn?: string | undefined;
  readonly logGroupClass?: string | undefined;
}

/** Log groups whose names begin like this; without a name, all. */
const groupsLike = (aws: Aws, prefix: string | undefined, most: number): Promise<Listed<Group>> =>
  listed(async (nextToken) => {
    const answer = await aws('logs:DescribeLogGroups', {
      ...(prefix === undefined ? {} : { logGroupNamePrefix: prefix }),
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    return { items: answer.logGroups ?? [], next: answer.nextToken };
  }, most);

/** One log group of exactly this name. */
export const groupNamed = async (
  aws: Aws,
  name: string,
): Promise<(Group & { readonly retentionInDays?: number }) | undefined> => {
  const { items } = await groupsLike(aws, name, 500);
  return items.find(({ logGroupName }) => logGroupName === name);
};

type GroupsOptions = Pick<Facts, 'aws' | 'names' | 'forwarder' | 'redrive'>;

const namedGroups = async ({ aws, names, forwarder, redrive }: GroupsOptions): Promise<Listed<Group>> => {
  const { producers = [], logGroups = [] } = names;
  if (producers.length + logGroups.length === 0) return groupsLike(aws, undefined, MAX_GROUPS);
  const own = await eachOf(producers, (FunctionName) =>
    ifThere(aws('lambda:GetFunctionConfiguration', { FunctionName })),
  );
  const redriveFunction = await redrive().catch(() => undefined);
  const written = [...own, forwarder, redriveFunction].flatMap((one) => (one === undefined ? [] : [logGroupOf(one)]));
  const found = await eachOf([...new Set([...logGroups, ...written])], (name) => groupNamed(aws, name));
  return { items: found.filter((group) => group !== undefined), more: false };
};

const groupFacts = async (
  aws: Aws,
  { logGroupName: name = '', logGroupArn, logGroupClass }: Group,
): Promise<GroupFacts> => {
  const answer = await aws('logs:DescribeSubscriptionFilters', { logGroupName: name });
  return {
    name,
    arn: logGroupArn ?? '',
    logClass: logGroupClass ?? 'STANDARD',
    filters: answer.subscriptionFilters ?? [],
  };
};

/** The facts that are asked for when they are first wanted. */
export const factsOf = (known: Omit<Facts, 'redrive' | 'groups' | 'policies'>): Facts => {
  const { aws, names, forwarder } = known;
  const redrive = once(() => ifThere(aws('lambda:GetFunctionConfiguration', { FunctionName: names.redrive })));
  const groups = once(async () => {
    const { items, more } = await namedGroups({ aws, names, forwarder, redrive });
    return { items: await eachOf(items, (group) => groupFacts(aws, group)), more };
  });
  const policies = once(async () => {
    const answer = await aws('logs:DescribeAccountPolicies', { policyType: 'SUBSCRIPTION_FILTER_POLICY' });
    return (answer.accountPolicies ?? []).map(policyOf);
  });
  return { ...known, redrive, groups, policies };
};
