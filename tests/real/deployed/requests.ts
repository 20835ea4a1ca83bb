import type { IncomingMessage } from 'node:http';

import type { Request } from '../../security/policies/evaluate.ts';
import { ACCOUNT, REGION } from '../aws-emulator.ts';

/** Methods of S3 on an object, and what IAM calls them. */
const OBJECT_ACTIONS: Readonly<Record<string, string>> = {
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  PUT: 's3:PutObject',
  DELETE: 's3:DeleteObject',
};

const keysIn = (xml: string): readonly string[] => [...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key);

/**
 * What IAM decides about when this call of S3 is made, the bucket in the path. Empty for a call that is not known here.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
const s3Requests = ({ method = 'GET', url = '/' }: IncomingMessage, body: Buffer): readonly Request[] => {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const [, bucket = '', rest = ''] = /^\/([^/]+)\/?(.*)$/s.exec(pathname) ?? [];
  const arn = `arn:aws:s3:::${bucket}`;
  const action = OBJECT_ACTIONS[method];
  if (rest !== '') return action === undefined ? [] : [{ action, resource: `${arn}/${decodeURIComponent(rest)}` }];
  if (method === 'GET' && searchParams.has('list-type')) return [{ action: 's3:ListBucket', resource: arn }];
  if (method === 'POST' && searchParams.has('delete'))
    return keysIn(body.toString()).map((key) => ({ action: 's3:DeleteObject', resource: `${arn}/${key}` }));
  return [];
};

/** The same of CloudWatch Logs: actions on a log stream. */
const logsRequests = ({ headers }: IncomingMessage, body: Buffer): readonly Request[] => {
  const [, name] = /^Logs_20140328\.(CreateLogStream|PutLogEvents)$/.exec(String(headers['x-amz-target'])) ?? [];
  if (name === undefined) return [];
  const { logGroupName = '', logStreamName = '' } = JSON.parse(body.toString()) as Readonly<Record<string, string>>;
  const group = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${logGroupName}`;
  return [{ action: `logs:${name}`, resource: `${group}:log-stream:${logStreamName}` }];
};

type Json = Readonly<Record<string, unknown>>;

const nameIn = ({ headers }: IncomingMessage, prefix: string): string | undefined => {
  const target = String(headers['x-amz-target']);
  return target.startsWith(prefix) ? target.slice(prefix.length) : undefined;
};

/** Parameters are read several at once, and each is decided about. */
const parameterRequests = (incoming: IncomingMessage, body: Buffer): readonly Request[] => {
  if (nameIn(incoming, 'AmazonSSM.') !== 'GetParameters') return [];
  const { Names = [] } = JSON.parse(body.toString()) as { readonly Names?: readonly string[] };
  return Names.map((name) => ({
    action: 'ssm:GetParameters',
    resource: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/${name.replace(/^\//, '')}`,
  }));
};

/** ARNs of secrets by name: IAM decides about the whole ARN, which whoever asks need not know. */
export type SecretArns = ReadonlyMap<string, string>;

/** Secrets that a filter finds are also decided about one by one. */
const secretRequests = (incoming: IncomingMessage, body: Buffer, arns: SecretArns): readonly Request[] => {
  const input = JSON.parse(body.toString()) as Json;
  const read = (name: string): Request => ({
    action: 'secretsmanager:GetSecretValue',
    resource: arns.get(name) ?? name,
  });
  switch (nameIn(incoming, 'secretsmanager.')) {
    case 'GetSecretValue':
      return [read(String(input['SecretId']))];
    case 'BatchGetSecretValue': {
      const [filter] = (input['Filters'] ?? []) as readonly { readonly Values: readonly string[] }[];
      const found = [...arns.keys()].filter((name) => filter?.Values.some((value) => name.startsWith(value)));
      const actions = [
        'secretsmanager:BatchGetSecretValue',
        ...(filter === undefined ? [] : ['secretsmanager:ListSecrets']),
      ];
      const named = ((input['SecretIdList'] ?? []) as readonly string[]).map(read);
      return [...actions.map((action) => ({ action, resource: '*' })), ...named, ...found.map(read)];
    }
    default:
      return [];
  }
};

/** What IAM decides about when this call is made. Empty for a call that is not known here. */
export const requestsOf = (
  service: string,
  incoming: IncomingMessage,
  body: Buffer,
  arns: SecretArns,
): readonly Request[] => {
  switch (service) {
    case 's3':
      return s3Requests(incoming, body);
    case 'logs':
      return logsRequests(incoming, body);
    case 'ssm':
      return parameterRequests(incoming, body);
    case 'secretsmanager':
      return secretRequests(incoming, body, arns);
    default:
      return [];
  }
};
