import { sendToEmulator } from '../aws-emulator.ts';

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
  accessKeyId?: string,
): Promise<T> => {
  const service = SERVICES.find(([prefix]) => target.startsWith(prefix))?.[1] ?? 'logs';
  const text = await sendToEmulator(
    endpoint,
    { service, accessKeyId },
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
      body: JSON.stringify(input),
    },
  );
  return (text === '' ? {} : JSON.parse(text)) as T;
};

/** Calls an action of CloudFormation; resolves to its XML. */
export const callCloudFormation = async (endpoint: string, input: Readonly<Record<string, string>>): Promise<string> =>
  sendToEmulator(
    endpoint,
    { service: 'cloudformation' },
    { method: 'POST', body: new URLSearchParams({ Version: '2010-05-15', ...input }) },
  );

/** Calls S3, the bucket in the path. */
export const callS3 = async (
  endpoint: string,
  method: 'GET' | 'PUT' | 'DELETE',
  path: string,
  body?: Uint8Array | string,
  accessKeyId?: string,
): Promise<string> =>
  sendToEmulator(
    `${endpoint}/${path}`,
    { service: 's3', accessKeyId },
    {
      method,
      ...(body !== undefined && { body: typeof body === 'string' ? body : Buffer.from(body) }),
    },
  );

/** Text of an XML document, entities resolved. */
export const unescaped = (xml: string): string =>
  xml
    .replaceAll('&quot;', '"')
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
