import { ifThere } from '../aws/named.ts';
import { type Check, fail, type Finding, pass, skipped, warn } from '../check.ts';
import { type Facts, filtersTo, type GroupFacts } from './facts.ts';

type Texts = string | readonly string[];

/** A statement of the policy of a function, as Lambda writes it. */
export interface Statement {
  readonly Effect?: string;
  readonly Principal?: string | Readonly<Record<string, Texts>>;
  readonly Action?: Texts;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Texts>>>>;
}

const textsOf = (value: Texts | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

const LOGS = /^logs\.(?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?$/;

const isForLogs = ({ Effect, Principal, Action }: Statement): boolean => {
  const principals = typeof Principal === 'string' ? [Principal] : textsOf(Principal?.['Service']);
  const actions = textsOf(Action).map((action) => action.toLowerCase());
  return (
    Effect === 'Allow' &&
    principals.some((name) => LOGS.test(name) || name === '*') &&
    actions.some((action) => ['lambda:invokefunction', 'lambda:*', 'lambda:invoke*', '*'].includes(action))
  );
};

/** Values of a condition on this key, whatever the operator. */
const conditionOf = ({ Condition = {} }: Statement, key: string): readonly string[] | undefined => {
  const found = Object.values(Condition).flatMap((entries) =>
    Object.entries(entries).flatMap(([name, value]) => (name.toLowerCase() === key ? textsOf(value) : [])),
  );
  return found.length === 0 ? undefined : found;
};

/** `*` and `?` of an ARN in a policy. */
const globOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*+/g, '.*')
      .replaceAll('?', '.')}$`,
  );

/** Whether a log group may invoke the function by this statement. CloudWatch names itself with `:*` behind the group. */
const allows = (statement: Statement, account: string, groupArn: string): boolean => {
  const accounts = conditionOf(statement, 'aws:sourceaccount');
  const arns = conditionOf(statement, 'aws:sourcearn');
  return (
    (accounts === undefined || accounts.includes(account)) &&
    (arns === undefined || arns.some((arn) => globOf(arn).test(`${groupArn}:*`) || globOf(arn).test(groupArn)))
  );
};

const statementsOf = (policy: string): readonly Statement[] => {
  const { Statement: found } = JSON.parse(policy) as { readonly Statement?: Statement | readonly Statement[] };
  return found === undefined ? [] : 'length' in found ? found : [found];
};

const subscribed = async ({ groups, arn }: Facts): Promise<readonly GroupFacts[]> => {
  const { items } = await groups();
  return items.filter((group) => filtersTo(arn, group).length > 0);
};

const sources = (statements: readonly Statement[]): readonly Finding[] =>
  statements.map((statement) => {
    const account = conditionOf(statement, 'aws:sourceaccount');
    const arn = conditionOf(statement, 'aws:sourcearn');
    // The account stands in the ARN, too, unless it is a pattern there.
    const isBound = account !== undefined || arn?.every((one) => /^arn:[^:]+:logs:[^:]*:\d{12}:/.test(one)) === true;
    if (!isBound) return fail('invoke-permission-source', 'the log groups of every account may invoke the function');
    return (arn === undefined ? warn : pass)(
      'invoke-permission-source',
      `${arn?.join(', ') ?? 'any source'} of this account`,
    );
  });

const invokePermission = async (facts: Facts): Promise<readonly Finding[]> => {
  const { aws, names, account } = facts;
  const answer = await ifThere(aws('lambda:GetPolicy', { FunctionName: names.forwarder }));
  const statements = statementsOf(answer?.Policy ?? '{}').filter(isForLogs);
  if (statements.length === 0)
    return [
      fail('invoke-permission', 'no statement allows logs.amazonaws.com to invoke it'),
      skipped('invoke-permission-source', 'there is no permission'),
    ];
  const groups = await subscribed(facts).catch(() => []);
  const refused = groups.filter((group) => !statements.some((statement) => allows(statement, account, group.arn)));
  return [
    ...(refused.length === 0
      ? [pass('invoke-permission', `${groups.length} log groups and whatever else the statements allow`)]
      : refused.map(({ name }) => fail('invoke-permission', 'no statement allows this log group', name))),
    ...sources(statements),
  ];
};

/** Who may invoke the forwarder. */
export const permissionChecks = (facts: Facts): readonly Check[] => [
  { ids: ['invoke-permission', 'invoke-permission-source'], run: () => invokePermission(facts) },
];
