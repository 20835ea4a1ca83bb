import { describe, expect, it } from 'vitest';
import { evaluate, type Request } from './evaluate.ts';
import type { PolicyDocument, Statement } from './policy.ts';

const ACCOUNT = '123456789012';
const BUCKET = 'arn:aws:s3:::letters';
const put = (over: Partial<Request> = {}): Request => ({
  action: 's3:PutObject',
  resource: `${BUCKET}/pending/a`,
  context: { 's3:ResourceAccount': ACCOUNT },
  ...over,
});
const document = (...Statement: readonly Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });
const outcome = (request: Request, ...statements: readonly Statement[]): string =>
  evaluate(request, { identity: [document(...statements)] }).outcome;
const allow = (over: Partial<Statement> = {}): Statement => ({
  Effect: 'Allow',
  Action: 's3:PutObject',
  Resource: `${BUCKET}/*`,
  ...over,
});

describe('what a policy allows', () => {
  it('is what a statement names, and nothing else', () => {
    expect(outcome(put(), allow())).toBe('allowed');
    expect(outcome(put())).toBe('not allowed');
    expect(outcome(put({ action: 's3:GetObject' }), allow())).toBe('not allowed');
    expect(outcome(put({ resource: BUCKET }), allow())).toBe('not allowed');
    expect(outcome(put({ resource: 'arn:aws:s3:::letters-of-others/pending/a' }), allow())).toBe('not allowed');
  });

  it('is denied when any statement denies, wherever it stands', () => {
    const deny: Statement = { Effect: 'Deny', Action: '*', Resource: `${BUCKET}/pending/*` };
    expect(outcome(put(), allow(), deny)).toBe('denied');
    expect(outcome(put(), deny, allow())).toBe('denied');
    expect(outcome(put({ resource: `${BUCKET}/other` }), deny, allow())).toBe('allowed');
    expect(outcome(put(), deny)).toBe('denied');
  });

  it('says which statements decided', () => {
    const [one, two] = [allow({ Sid: 'One' }), allow({ Sid: 'Two', Action: 's3:*' })];
    expect(evaluate(put(), { identity: [document(one), document(two)] }).by).toEqual([one, two]);
  });

  it('is refused to be judged when something in it is not known here', () => {
    expect(() => outcome(put(), allow({ Condition: { DateLessThan: { 'aws:CurrentTime': '2030-01-01' } } }))).toThrow(
      'DateLessThan, which nobody here can evaluate',
    );
    expect(() => outcome(put(), { ...allow(), NotPrincipal: '*' } as Statement)).toThrow('NotPrincipal');
  });
});

describe('actions', () => {
  it.each([
    ['*', true],
    ['s3:*', true],
    ['s3:Put*', true],
    ['S3:putobject', true],
    ['s3:PutObjec?', true],
    ['s3:PutObject?', false],
    ['s3:PutObjectTagging', false],
    ['s3.PutObject', false],
    ['logs:*', false],
  ])('%s: %s', (Action, expected) => {
    expect(outcome(put(), allow({ Action: ['sqs:SendMessage', Action] }))).toBe(expected ? 'allowed' : 'not allowed');
  });

  it('NotAction is everything else', () => {
    const { Action: _, ...rest } = allow();
    expect(outcome(put(), { ...rest, NotAction: 's3:Delete*' })).toBe('allowed');
    expect(outcome(put({ action: 's3:DeleteObject' }), { ...rest, NotAction: 's3:Delete*' })).toBe('not allowed');
  });
});

describe('resources', () => {
  const group = `arn:aws:logs:eu-north-1:${ACCOUNT}:log-group:/aws/lambda/fn`;

  it.each([
    [`${group}:*`, true],
    [`${group}:log-stream:*`, true],
    [group, false],
    ['arn:aws:logs:*:*:log-group:/aws/lambda/*', true],
    ['arn:aws:logs:*:log-group:/aws/lambda/fn:*', false],
    ['arn:*:log-group:*', false],
    [`arn:aws:logs:eu-north-?:${ACCOUNT}:log-group:*`, true],
    [`arn:aws:logs:eu-north-1:${ACCOUNT}:LOG-GROUP:*`, false],
    ['*', true],
  ])('%s: %s', (Resource, expected) => {
    const request = { action: 'logs:PutLogEvents', resource: `${group}:log-stream:a` };
    expect(outcome(request, allow({ Action: 'logs:PutLogEvents', Resource }))).toBe(
      expected ? 'allowed' : 'not allowed',
    );
  });

  it('NotResource is everything else; ${*} is an asterisk', () => {
    const { Resource: _, ...rest } = allow();
    expect(outcome(put(), { ...rest, NotResource: `${BUCKET}/quarantine/*` })).toBe('allowed');
    expect(outcome(put(), { ...rest, NotResource: `${BUCKET}/pending/*` })).toBe('not allowed');
    expect(outcome(put(), allow({ Resource: `${BUCKET}/\${*}` }))).toBe('not allowed');
    expect(outcome(put({ resource: `${BUCKET}/*` }), allow({ Resource: `${BUCKET}/\${*}` }))).toBe('allowed');
  });
});

describe('conditions', () => {
  const when = (Condition: NonNullable<Statement['Condition']>, context: Request['context'] = {}): boolean =>
    outcome(put({ context }), allow({ Condition })) === 'allowed';

  it('hold for the account that the bucket has, whatever the case of the key', () => {
    const ours = { StringEquals: { 's3:ResourceAccount': ACCOUNT } };
    expect(when(ours, { 's3:ResourceAccount': ACCOUNT })).toBe(true);
    expect(when(ours, { 'S3:resourceaccount': ACCOUNT })).toBe(true);
    expect(when(ours, { 's3:ResourceAccount': '999999999999' })).toBe(false);
    expect(when(ours)).toBe(false);
  });

  it('all have to hold, of each any value', () => {
    const both = { StringEquals: { a: ['1', '2'], b: '3' }, StringLike: { c: 'x*' } };
    expect(when(both, { a: '2', b: '3', c: 'xyz' })).toBe(true);
    expect(when(both, { a: '4', b: '3', c: 'xyz' })).toBe(false);
    expect(when(both, { a: '1', b: '3', c: 'y' })).toBe(false);
  });

  it('that negate hold when there is no such key; those with IfExists, too', () => {
    expect(when({ StringNotEquals: { a: ['1', '2'] } })).toBe(true);
    expect(when({ StringNotEquals: { a: ['1', '2'] } }, { a: '2' })).toBe(false);
    expect(when({ StringNotEquals: { a: ['1', '2'] } }, { a: '3' })).toBe(true);
    expect(when({ StringEqualsIfExists: { a: '1' } })).toBe(true);
    expect(when({ StringEqualsIfExists: { a: '1' } }, { a: '2' })).toBe(false);
    expect(when({ Null: { a: 'true' } })).toBe(true);
    expect(when({ Null: { a: 'false' } })).toBe(false);
  });

  it('know ARNs, numbers, truth, sets and variables', () => {
    const source = `arn:aws:logs:eu-north-1:${ACCOUNT}:log-group:/aws/lambda/a:*`;
    expect(
      when({ ArnLike: { 'aws:SourceArn': `arn:aws:logs:*:${ACCOUNT}:log-group:*` } }, { 'aws:SourceArn': source }),
    ).toBe(true);
    expect(when({ ArnNotLike: { 'aws:SourceArn': 'arn:aws:logs:*' } }, { 'aws:SourceArn': source })).toBe(true);
    expect(when({ Bool: { 'aws:SecureTransport': false } }, { 'aws:SecureTransport': 'false' })).toBe(true);
    expect(when({ NumericLessThan: { 's3:TlsVersion': 1.2 } }, { 's3:TlsVersion': '1.3' })).toBe(false);
    expect(when({ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'c'] })).toBe(false);
    expect(when({ 'ForAnyValue:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'c'] })).toBe(true);
    expect(
      when({ StringEquals: { a: '${aws:PrincipalAccount}' } }, { a: ACCOUNT, 'aws:PrincipalAccount': ACCOUNT }),
    ).toBe(true);
    expect(when({ StringEquals: { a: '${aws:PrincipalAccount}' } }, { a: '' })).toBe(false);
  });
});

describe('policies of resources', () => {
  const invoke: Request = {
    action: 'lambda:InvokeFunction',
    resource: `arn:aws:lambda:eu-north-1:${ACCOUNT}:function:forwarder`,
    principal: 'logs.amazonaws.com',
    context: { 'aws:SourceAccount': ACCOUNT },
  };
  const statement: Statement = {
    Effect: 'Allow',
    Action: invoke.action,
    Resource: invoke.resource,
    Principal: { Service: 'logs.amazonaws.com' },
    Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
  };
  const decide = (request: Request, one: Statement = statement): string =>
    evaluate(request, { identity: [], resource: [document(one)] }).outcome;

  it('allow a service that they name, for whom they say', () => {
    expect(decide(invoke)).toBe('allowed');
    expect(decide({ ...invoke, principal: 'events.amazonaws.com' })).toBe('not allowed');
    expect(decide({ ...invoke, context: { 'aws:SourceAccount': '999999999999' } })).toBe('not allowed');
  });

  it('allow a role by its ARN or its account, and deny everybody', () => {
    const role = `arn:aws:iam::${ACCOUNT}:role/forwarder`;
    const open = { ...statement, Condition: {} };
    expect(decide({ ...invoke, principal: role }, { ...open, Principal: { AWS: role } })).toBe('allowed');
    expect(decide({ ...invoke, principal: role }, { ...open, Principal: { AWS: ACCOUNT } })).toBe('allowed');
    expect(
      decide({ ...invoke, principal: role }, { ...open, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }),
    ).toBe('allowed');
    expect(decide({ ...invoke, principal: role }, { ...open, Principal: { AWS: '999999999999' } })).toBe('not allowed');
    expect(decide(invoke, { ...open, Principal: '*', Effect: 'Deny' })).toBe('denied');
  });
});
