import { type Decision, evaluate, type Request } from '../../security/policies/evaluate.ts';
import { listOf, type PolicyDocument, type Statement, statementsOf } from '../../security/policies/policy.ts';
import { isAction, isArn } from '../../security/policies/wildcards.ts';
import type { Call } from './recorder.ts';
import type { Resource, Stack } from './stack.ts';

/** One action on one resource that a role may do. */
export interface Grant {
  /** The logical id of the role, or of the function whose policy it is. */
  readonly holder: string;
  readonly sid: string;
  readonly action: string;
  readonly resource: string;
}

/** What is granted in a stack, and to whom. */
export interface Granted {
  readonly decide: (call: Call) => Decision;
  /** Whether a service may invoke a function; `context` as AWS gives it. */
  readonly decideInvocation: (request: Request) => Decision;
  readonly grants: readonly Grant[];
}

interface NamedPolicy {
  readonly PolicyDocument: PolicyDocument;
}

/** The emulator gives the ARN of a log group without the `:*` that AWS's ends with. */
const asInAws = (document: PolicyDocument): PolicyDocument =>
  JSON.parse(JSON.stringify(document).replace(/"(arn:aws:logs:[^"]*:log-group:[^":]+)"/g, '"$1:*"')) as PolicyDocument;

const ofType = ({ resources }: Stack, type: string): readonly Resource[] =>
  resources.filter((resource) => resource.type === type);

/** The policies in and of a role. */
const identityOf = (stack: Stack, role: Resource): readonly PolicyDocument[] => {
  const inline = (role.properties['Policies'] ?? []) as readonly NamedPolicy[];
  const attached = ofType(stack, 'AWS::IAM::Policy')
    .filter(({ properties }) => (properties['Roles'] as readonly string[]).includes(role.physicalId ?? ''))
    .map(({ properties }) => properties as unknown as NamedPolicy);
  return [...inline, ...attached].map(({ PolicyDocument }) => asInAws(PolicyDocument));
};

/** What AddPermission writes into the policy of a function. */
const permission = ({ id, properties }: Resource): Statement => {
  const { Action, FunctionName, Principal, SourceAccount, SourceArn } = properties as Readonly<Record<string, string>>;
  return {
    Sid: id,
    Effect: 'Allow',
    Principal: { Service: Principal ?? '' },
    Action: Action ?? '',
    Resource: FunctionName ?? '',
    Condition: {
      ...(SourceAccount !== undefined && { StringEquals: { 'AWS:SourceAccount': SourceAccount } }),
      ...(SourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': SourceArn } }),
    },
  };
};

const grantsOf = (holder: string, documents: readonly PolicyDocument[]): readonly Grant[] =>
  documents
    .flatMap(statementsOf)
    .flatMap(({ Sid: sid = '', Effect, Action, Resource }) =>
      Effect === 'Deny'
        ? []
        : listOf(Action).flatMap((action) => listOf(Resource).map((resource) => ({ holder, sid, action, resource }))),
    );

/** Everything that the template grants. */
export const grantedBy = (stack: Stack): Granted => {
  const identities = new Map(ofType(stack, 'AWS::IAM::Role').map((role) => [role.id, identityOf(stack, role)]));
  const buckets = ofType(stack, 'AWS::S3::BucketPolicy').map(
    ({ properties }) => properties['PolicyDocument'] as PolicyDocument,
  );
  const functions: PolicyDocument = { Statement: ofType(stack, 'AWS::Lambda::Permission').map(permission) };
  return {
    decide: (call) => evaluate(call, { identity: identities.get(call.role) ?? [], resource: buckets }),
    decideInvocation: (request) => evaluate(request, { identity: [], resource: [functions] }),
    grants: [
      ...[...identities].flatMap(([holder, documents]) => grantsOf(holder, documents)),
      ...grantsOf('functions', [functions]),
    ],
  };
};

/** A request that was allowed, who asked, and by which statements. */
export interface Use {
  readonly holder: string;
  readonly request: Request;
  readonly by: readonly Statement[];
}

/** Grants that nothing used, as `holder sid action resource`, of objects in the bucket the prefix alone. */
export const unusedOf = (grants: readonly Grant[], uses: readonly Use[], bucket: string): readonly string[] =>
  grants
    .filter(
      ({ holder, sid, action, resource }) =>
        !uses.some(
          ({ holder: user, request, by }) =>
            user === holder &&
            by.some(({ Sid = '' }) => Sid === sid) &&
            isAction(request.action, action) &&
            isArn(request.resource, resource),
        ),
    )
    .map(({ holder, sid, action, resource }) =>
      [holder, sid, action, resource.replace(`arn:aws:s3:::${bucket}`, 'bucket')].join(' '),
    );
