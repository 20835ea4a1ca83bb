import { ifThere } from '../aws/named.ts';
import type { Aws } from '../aws/calls.ts';
import { type Check, fail, type Finding, pass, skipped, warn } from '../check.ts';
import { type Facts, leadsTo } from './facts.ts';
import { stateOf } from './function-checks.ts';
import { eachOf, listed } from './pages.ts';

const isMissing = ({ config }: Facts): boolean => config !== undefined && config.dead_letter === undefined;

const there = async (facts: Facts): Promise<readonly Finding[]> => {
  const redrive = await facts.redrive();
  const { redrive: name } = facts.names;
  if (redrive === undefined)
    return isMissing(facts)
      ? [skipped('redrive-function', 'there is no dead-letter store to redrive', name)]
      : [fail('redrive-function', 'there is no such function: nothing is ever sent again', name)];
  const { Handler = '' } = redrive;
  if (!Handler.endsWith('.redrive')) return [fail('redrive-function', `its handler is ${Handler}`, name)];
  return [stateOf('redrive-function', redrive)];
};

const concurrency = async ({ aws, names, redrive }: Facts): Promise<readonly Finding[]> => {
  if ((await redrive()) === undefined) return [skipped('redrive-concurrency', 'there is no redrive function')];
  const { ReservedConcurrentExecutions: reserved } = await aws('lambda:GetFunctionConcurrency', {
    FunctionName: names.redrive,
  });
  const evidence = reserved === undefined ? 'none is reserved: two at once send twice' : String(reserved);
  return [(reserved === 1 ? pass : reserved === 0 ? fail : warn)('redrive-concurrency', evidence)];
};

interface Schedule {
  readonly name: string;
  readonly enabled: boolean;
  readonly every: string;
}

const MAX_RULES = 20;
const MAX_SCHEDULES = 1_000;

/** Rules of EventBridge, each with a schedule. */
const rulesTo = async (aws: Aws, arn: string): Promise<readonly Schedule[]> => {
  const { items } = await listed(async (NextToken) => {
    const answer = await aws('events:ListRuleNamesByTarget', {
      TargetArn: arn,
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    return { items: answer.RuleNames ?? [], next: answer.NextToken };
  }, MAX_RULES);
  const rules = await eachOf(items, (Name) => aws('events:DescribeRule', { Name }));
  return rules.flatMap(({ Name = '', State, ScheduleExpression: every }) =>
    every === undefined ? [] : [{ name: Name, enabled: State !== 'DISABLED', every }],
  );
};

/** Schedules of EventBridge Scheduler; their list does not say how often. */
const schedulesTo = async (aws: Aws, arn: string): Promise<readonly Schedule[]> => {
  const { items } = await listed(async (NextToken) => {
    const answer = await aws('scheduler:ListSchedules', {
      MaxResults: 100,
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    return { items: answer.Schedules ?? [], next: answer.NextToken };
  }, MAX_SCHEDULES);
  const own = items.filter(({ Target }) => leadsTo(Target?.Arn, arn));
  return eachOf(own, async ({ Name = '', GroupName, State }) => {
    const found = await ifThere(
      aws('scheduler:GetSchedule', { Name, ...(GroupName === undefined ? {} : { GroupName }) }),
    );
    return { name: Name, enabled: State !== 'DISABLED', every: found?.ScheduleExpression ?? 'unknown' };
  });
};

const schedule = async ({ aws, redrive }: Facts): Promise<readonly Finding[]> => {
  const arn = (await redrive())?.FunctionArn;
  if (arn === undefined) return [skipped('redrive-schedule', 'there is no redrive function')];
  const byRule = await rulesTo(aws, arn);
  const all = byRule.some(({ enabled }) => enabled) ? byRule : [...byRule, ...(await schedulesTo(aws, arn))];
  const [on] = all.filter(({ enabled }) => enabled);
  if (on !== undefined) return [pass('redrive-schedule', `${on.name}: ${on.every}`)];
  const [off] = all;
  return [fail('redrive-schedule', off === undefined ? 'no rule or schedule invokes it' : `${off.name} is disabled`)];
};

/** What sends again what waits. */
export const redriveChecks = (facts: Facts): readonly Check[] => [
  { ids: ['redrive-function'], run: () => there(facts) },
  { ids: ['redrive-concurrency'], run: () => concurrency(facts) },
  { ids: ['redrive-schedule'], run: () => schedule(facts) },
];
