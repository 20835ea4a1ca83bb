import type { ContextEntry } from '@aws-sdk/client-iam';
import { type Check, fail, type Finding, pass, skipped, warn } from '../check.ts';
import { bucketOf, type Facts } from './facts.ts';
import { eachOf } from './pages.ts';

/** What a role has to be allowed. */
interface Need {
  readonly role: string;
  readonly actions: readonly string[];
  readonly resource: string;
}

const REFERENCE = /\$\{(secretsmanager|ssm):([\w/+=.@!:-]{1,2048})(?:#[^{}#]{1,512})?\}/g;

const partitionOf = (arn: string): string => arn.split(':')[1] ?? 'aws';

/** What Secrets Manager puts behind a name: six characters of its own. */
const ANY_SUFFIX = '-AbCdEf';

const referencedBy = (facts: Facts): readonly Omit<Need, 'role'>[] => {
  const { region, account, arn, forwarder } = facts;
  const variables = Object.values(forwarder.Environment?.Variables ?? {});
  const found = new Set(
    variables.flatMap((value) => [...value.matchAll(REFERENCE)].map(([, scheme, name]) => `${scheme}:${name}`)),
  );
  return [...found].map((reference) => {
    const [scheme = '', ...rest] = reference.split(':');
    const name = rest.join(':');
    const place = `arn:${partitionOf(arn)}:${scheme}:${region}:${account}`;
    if (scheme === 'ssm')
      return {
        actions: ['ssm:GetParameters'],
        resource: `${place}:parameter/${name.replace(/^\//, '').replace(/:[^:]*$/, '')}`,
      };
    const resource = name.startsWith('arn:') ? name : `${place}:secret:${name}${ANY_SUFFIX}`;
    return { actions: ['secretsmanager:GetSecretValue'], resource };
  });
};

const needsOf = async (facts: Facts): Promise<readonly Need[]> => {
  const forwarder = facts.forwarder.Role ?? '';
  const redrive = (await facts.redrive().catch(() => undefined))?.Role;
  const secrets = referencedBy(facts);
  const roles = redrive === undefined || redrive === forwarder ? [forwarder] : [forwarder, redrive];
  const place = bucketOf(facts);
  const bucket = `arn:${partitionOf(facts.arn)}:s3:::${place?.bucket ?? ''}`;
  const objects = `${bucket}/${place?.prefix ?? ''}*`;
  const stored: readonly Need[] =
    place === undefined
      ? []
      : [
          { role: forwarder, actions: ['s3:PutObject'], resource: objects },
          ...(redrive === undefined
            ? []
            : [
                { role: redrive, actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], resource: objects },
                { role: redrive, actions: ['s3:ListBucket'], resource: bucket },
              ]),
        ];
  return [...stored, ...roles.flatMap((role) => secrets.map((need) => ({ role, ...need })))];
};

const entry = (
  ContextKeyName: string,
  value: string,
  ContextKeyType: 'string' | 'boolean' = 'string',
): ContextEntry => ({
  ContextKeyName,
  ContextKeyValues: [value],
  ContextKeyType,
});

const simulate = async (
  { aws, account, region }: Facts,
  { role, actions, resource }: Need,
): Promise<readonly Finding[]> => {
  const answer = await aws('iam:SimulatePrincipalPolicy', {
    PolicySourceArn: role,
    ActionNames: [...actions],
    // A pattern is no resource: any object stands for all.
    ResourceArns: [resource.replace(/\*$/, 'pending/doctor')],
    ContextEntries: [
      entry('s3:ResourceAccount', account),
      entry('aws:ResourceAccount', account),
      entry('aws:RequestedRegion', region),
      entry('aws:SecureTransport', 'true', 'boolean'),
    ],
  });
  const name = role.split('/').at(-1) ?? role;
  return (answer.EvaluationResults ?? []).map(({ EvalActionName = '', EvalDecision, MissingContextValues = [] }) => {
    const what = `${EvalActionName} on ${resource}`;
    if (EvalDecision === 'allowed') return pass('role-permissions', what, name);
    const missing = MissingContextValues.length === 0 ? '' : `; it may depend on ${MissingContextValues.join(', ')}`;
    return (missing === '' ? fail : warn)('role-permissions', `${what}: ${EvalDecision ?? 'not told'}${missing}`, name);
  });
};

const permissions = async (facts: Facts): Promise<readonly Finding[]> => {
  const needs = await needsOf(facts);
  if (needs.length === 0) return [skipped('role-permissions', 'the configuration, as far as it is seen, needs none')];
  return (await eachOf(needs, (need) => simulate(facts, need), 2)).flat();
};

/** Whether IAM would allow what the roles have to do, without their doing it. Policies of keys and buckets are not looked at. */
export const roleChecks = (facts: Facts): readonly Check[] => [
  { ids: ['role-permissions'], run: () => permissions(facts) },
];
