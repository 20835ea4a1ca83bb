import type { IncomingMessage } from 'node:http';

import type { Request } from '../../security/policies/evaluate.ts';
import { ACCOUNT, REGION } from './emulator.ts';

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
export const s3Requests = ({ method = 'GET', url = '/' }: IncomingMessage, body: Buffer): readonly Request[] => {
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
export const logsRequests = ({ headers }: IncomingMessage, body: Buffer): readonly Request[] => {
  const [, name] = /^Logs_20140328\.(CreateLogStream|PutLogEvents)$/.exec(String(headers['x-amz-target'])) ?? [];
  if (name === undefined) return [];
  const { logGroupName = '', logStreamName = '' } = JSON.parse(body.toString()) as Readonly<Record<string, string>>;
  const group = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${logGroupName}`;
  return [{ action: `logs:${name}`, resource: `${group}:log-stream:${logStreamName}` }];
};
