import { createHash, createHmac } from 'node:crypto';
import type { BackendRequest } from './backend.ts';

/** Who may sign. */
export interface AwsSigner {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** `Credential=a/b, SignedHeaders=c;d, Signature=e` as a map. */
const partsOf = (authorization: string): ReadonlyMap<string, string> =>
  new Map(
    authorization
      .replace(/^AWS4-HMAC-SHA256\s+/, '')
      .split(/,\s*/)
      .map((part): [string, string] => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  );

/** AWS takes a clock that is wrong by this much. */
const MAX_SKEW_MS = 5 * 60_000;

const timeOf = (stamp: string): number =>
  Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

/**
 * What AWS says of the signature of a request, written from the IAM user guide, "Create a signed AWS API request", and not with the
 * signer under test; `undefined` when it is good. Its paths have no characters to escape and no query.
 */
export const signatureFault = (
  { method, path, headers, sent }: BackendRequest,
  { service, region }: { readonly service: string; readonly region: string },
  { accessKeyId, secretAccessKey, sessionToken }: AwsSigner,
): string | undefined => {
  const authorization = headers['authorization'] ?? '';
  if (!authorization.startsWith('AWS4-HMAC-SHA256 ')) return 'Missing Authentication Token';
  const parts = partsOf(authorization);
  const [id = '', date = '', ...scope] = (parts.get('Credential') ?? '').split('/');
  const stamp = headers['x-amz-date'] ?? '';
  if (id !== accessKeyId || headers['x-amz-security-token'] !== sessionToken)
    return 'The security token included in the request is invalid.';
  if (scope.join('/') !== `${region}/${service}/aws4_request`)
    return `Credential should be scoped to a valid region and to correct service: '${service}'.`;
  if (!(Math.abs(timeOf(stamp) - Date.now()) < MAX_SKEW_MS) || !stamp.startsWith(date)) return 'Signature expired';
  const names = (parts.get('SignedHeaders') ?? '').split(';');
  if (!names.includes('host') || !names.includes('x-amz-date')) return "'Host' must be a 'SignedHeader'";
  const canonical = [
    method,
    path,
    '',
    ...names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    sha256(sent),
  ].join('\n');
  const key = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secretAccessKey}`, date));
  const text = ['AWS4-HMAC-SHA256', stamp, [date, ...scope].join('/'), sha256(canonical)].join('\n');
  return hmac(key, text).toString('hex') === parts.get('Signature')
    ? undefined
    : 'The request signature we calculated does not match the signature you provided.';
};
