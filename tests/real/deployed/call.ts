import { REGION } from '../aws-emulator.ts';

const TIMEOUT_MS = 30_000;

const authorization = (service: string, accessKeyId: string): string =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=any`;

const send = async (endpoint: string, what: string, init: RequestInit): Promise<string> => {
  const answer = await fetch(endpoint, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${what} was answered with ${answer.status}: ${text.slice(0, 500)}`);
  return text;
};

/** Who asks: keys of the emulator's own account. */
const OPERATOR = 'operator';

const SERVICES = [
  ['Kinesis', 'kinesis'],
  ['secretsmanager', 'secretsmanager'],
  ['AmazonSSM', 'ssm'],
] as const;

/** Calls an action of a service that speaks AWS JSON 1.1, such as `Logs_20140328.PutLogEvents`. */
export const callJson = async <T = unknown>(
  endpoint: string,
  target: string,
  input: object,
  accessKeyId: string = OPERATOR,
): Promise<T> => {
  const service = SERVICES.find(([prefix]) => target.startsWith(prefix))?.[1] ?? 'logs';
  const text = await send(endpoint, target, {
    method: 'POST',
    headers: {
      authorization: authorization(service, accessKeyId),
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
    },
    body: JSON.stringify(input),
  });
  return (text === '' ? {} : JSON.parse(text)) as T;
};

/** Calls an action of CloudFormation; resolves to its XML. */
export const callCloudFormation = async (endpoint: string, input: Readonly<Record<string, string>>): Promise<string> =>
  send(endpoint, input['Action'] ?? '', {
    method: 'POST',
    headers: { authorization: authorization('cloudformation', OPERATOR) },
    body: new URLSearchParams({ Version: '2010-05-15', ...input }),
  });

/** Calls S3, the bucket in the path. */
export const callS3 = async (
  endpoint: string,
  method: 'GET' | 'PUT' | 'DELETE',
  path: string,
  body?: Uint8Array | string,
  accessKeyId: string = OPERATOR,
): Promise<string> =>
  send(`${endpoint}/${path}`, `${method} of S3`, {
    method,
    headers: { authorization: authorization('s3', accessKeyId) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : Buffer.from(body) }),
  });

/** Text of an XML document, entities resolved. */
export const unescaped = (xml: string): string =>
  xml
    .replaceAll('&quot;', '"')
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
