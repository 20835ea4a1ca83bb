import { ifThere } from '../aws/named.ts';
import { type Check, fail, type Finding, pass, skipped, warn } from '../check.ts';
import { reasonOf } from '../reason.ts';
import { broughtBy } from './brought.ts';
import { type Facts, filtersTo, type GroupFacts, leadsTo, logGroupOf, type PolicyFacts } from './facts.ts';
import { swallowing } from './function-checks.ts';
import { eachOf } from './pages.ts';

/** Filters of a log group besides the account policy. Source: "CloudWatch Logs quotas" (read 2026-11-21). */
const MAX_FILTERS = 2;

/** Account policies to the forwarder; or why nobody can tell. */
const ownPolicies = async ({ policies, arn }: Facts): Promise<readonly PolicyFacts[] | string> => {
  try {
    return (await policies()).filter(({ destinationArn }) => leadsTo(destinationArn, arn));
  } catch (error) {
    return reasonOf(error);
  }
};

const POLICY = 'account policy';

/** Log groups that were asked about and are not there: as a rule a name is mistyped, or nothing was logged yet. */
const absent = async ({ groups, names }: Facts): Promise<readonly Finding[]> => {
  const { items } = await groups();
  return (names.logGroups ?? [])
    .filter((name) => !items.some((group) => group.name === name))
    .map((name) => fail('subscription-found', 'there is no such log group', name));
};

const found = async (facts: Facts): Promise<readonly Finding[]> => {
  const { items, more } = await facts.groups();
  const policies = await ownPolicies(facts);
  const own = items.filter((group) => filtersTo(facts.arn, group).length > 0);
  const groups = `${own.length} of ${items.length} log groups${more ? ' (there are more; name them with --log-group)' : ''}`;
  if (typeof policies !== 'string' && policies.length > 0)
    return [pass('subscription-found', `${POLICY} ${policies[0]?.name ?? ''}; and ${groups}`)];
  if (own.length > 0) return [pass('subscription-found', groups)];
  if (typeof policies === 'string' || more)
    return [
      skipped(
        'subscription-found',
        `none of ${items.length} log groups; ${typeof policies === 'string' ? policies : 'there are more'}`,
      ),
    ];
  return [
    fail('subscription-found', `none of ${items.length} log groups, and no account policy, leads to the function`),
  ];
};

const patternOf = (pattern: string, subject: string): Finding => {
  const brought = broughtBy(pattern);
  const id = 'subscription-pattern';
  if (brought === undefined) return skipped(id, `cannot tell what ${pattern} brings`, subject);
  if (brought.kinds.length === 0) return fail(id, `${pattern} brings none of the lines the forwarder reads`, subject);
  if (brought.noise)
    return warn(id, `${pattern === '' ? 'an empty pattern' : pattern} brings all lines, and each costs`, subject);
  return pass(id, `${pattern} brings ${brought.kinds.join(', ')}`, subject);
};

const patterns = async (facts: Facts): Promise<readonly Finding[]> => {
  const { items } = await facts.groups();
  const policies = await ownPolicies(facts);
  const all = [
    ...(typeof policies === 'string' ? [] : policies.map(({ pattern }) => patternOf(pattern, POLICY))),
    ...items.flatMap((group) =>
      filtersTo(facts.arn, group).map(({ filterPattern = '' }) => patternOf(filterPattern, group.name)),
    ),
  ];
  return all.length === 0 ? [skipped('subscription-pattern', 'there is no filter to look at')] : all;
};

const covers = ({ except }: PolicyFacts, { name }: GroupFacts): boolean => !except.includes(name);

const doubles = async (facts: Facts): Promise<readonly Finding[]> => {
  const { items } = await facts.groups();
  const policies = await ownPolicies(facts);
  const unknown = typeof policies === 'string' ? [skipped('subscription-double', policies, POLICY)] : [];
  const known = typeof policies === 'string' ? [] : policies;
  const twice = items.flatMap((group) => {
    const own = filtersTo(facts.arn, group);
    const names = own.map(({ filterName }) => filterName ?? '');
    const covering =
      own.length > 0 ? known.filter((policy) => covers(policy, group)).map(({ name }) => `${POLICY} ${name}`) : [];
    const ways = [...names, ...covering];
    return ways.length > 1 ? [fail('subscription-double', `delivered by ${ways.join(' and ')}`, group.name)] : [];
  });
  if (twice.length > 0) return [...twice, ...unknown];
  return [pass('subscription-double', 'each log group has one way to the function'), ...unknown];
};

const limits = async (facts: Facts): Promise<readonly Finding[]> => {
  const { items } = await facts.groups();
  const asked = new Set(facts.names.logGroups);
  const full = items.filter(
    (group) => group.filters.length >= MAX_FILTERS && filtersTo(facts.arn, group).length === 0 && asked.has(group.name),
  );
  if (full.length === 0)
    return [pass('subscription-limit', `each has at most ${MAX_FILTERS} filters, or ours among them`)];
  return full.map(({ name, filters }) =>
    fail('subscription-limit', `taken by ${filters.map(({ filterName }) => filterName ?? '').join(' and ')}`, name),
  );
};

const classes = async (facts: Facts): Promise<readonly Finding[]> => {
  const { items } = await facts.groups();
  const asked = new Set(facts.names.logGroups);
  const wrong = items.filter(({ name, logClass }) => logClass !== 'STANDARD' && asked.has(name));
  if (wrong.length === 0) return [pass('subscription-log-class', 'STANDARD')];
  return wrong.map(({ name, logClass }) => fail('subscription-log-class', logClass, name));
};

/** The logs of forwarder and redrive must not come back to the forwarder. An account policy spares those of its own destination alone. */
const ownLogs = async (facts: Facts): Promise<readonly Finding[]> => {
  const { items } = await facts.groups();
  const policies = await ownPolicies(facts);
  const redrive = await facts.redrive();
  const forwarderGroup = logGroupOf(facts.forwarder);
  const redriveGroup = redrive === undefined ? undefined : logGroupOf(redrive);
  const fed = items
    .filter((group) => group.name === forwarderGroup || group.name === redriveGroup)
    .filter((group) => filtersTo(facts.arn, group).length > 0);
  const own = fed.map(({ name }) =>
    fail('subscription-own-logs', 'a filter of this log group leads to the forwarder', name),
  );
  if (typeof policies === 'string') return [...own, skipped('subscription-own-logs', policies, POLICY)];
  const open = policies.filter(({ except }) => redriveGroup !== undefined && !except.includes(redriveGroup));
  const byPolicy = open.map(({ name }) =>
    warn('subscription-own-logs', `account policy ${name} does not leave it out`, redriveGroup),
  );
  const all = [...own, ...byPolicy];
  return all.length === 0 ? [pass('subscription-own-logs', 'their log groups are left out')] : all;
};

const MAX_PRODUCERS = 50;

/** Functions that are named, or whose log groups are subscribed. */
const producers = async (facts: Facts): Promise<readonly Finding[]> => {
  const { aws, names, arn } = facts;
  const { items } = await facts.groups();
  const subscribed = items
    .filter((group) => filtersTo(arn, group).length > 0)
    .flatMap(({ name }) => /^\/aws\/lambda\/([\w-]+)$/.exec(name)?.[1] ?? []);
  const all = [...new Set([...(names.producers ?? []), ...subscribed])].slice(0, MAX_PRODUCERS);
  const told = await eachOf(all, async (FunctionName): Promise<readonly Finding[]> => {
    const found = await ifThere(aws('lambda:GetFunctionConfiguration', { FunctionName }));
    if (found === undefined)
      return names.producers?.includes(FunctionName) === true
        ? [fail('producer-log-level', 'there is no such function', FunctionName)]
        : [];
    const level = swallowing(found.LoggingConfig);
    const format = found.LoggingConfig?.LogFormat ?? 'Text';
    return level === undefined
      ? [pass('producer-log-level', `format ${format}`, FunctionName)]
      : [fail('producer-log-level', `format JSON and application level ${level} drop envelopes`, FunctionName)];
  });
  const findings = told.flat();
  return findings.length === 0 ? [skipped('producer-log-level', 'name functions with --producer')] : findings;
};

/** How log groups come to the forwarder. */
export const subscriptionChecks = (facts: Facts): readonly Check[] => [
  { ids: ['subscription-found'], run: async () => [...(await found(facts)), ...(await absent(facts))] },
  { ids: ['subscription-pattern'], run: () => patterns(facts) },
  { ids: ['subscription-double'], run: () => doubles(facts) },
  { ids: ['subscription-limit'], run: () => limits(facts) },
  { ids: ['subscription-log-class'], run: () => classes(facts) },
  { ids: ['subscription-own-logs'], run: () => ownLogs(facts) },
  { ids: ['producer-log-level'], run: () => producers(facts) },
];
