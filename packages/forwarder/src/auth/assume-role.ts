import { httpTransport, type HttpTransport } from '../http/transport.ts';
import { AuthenticationError } from './authentication-error.ts';
import { type AwsCredentials, type CredentialsProvider, signAws } from './sign.ts';

/** Which role, and who takes it. */
export interface AssumeRoleOptions {
  readonly roleArn: string;
  /** What the role's trust policy asks for. */
  readonly externalId?: string;
  /** The endpoint of STS. */
  readonly url: URL;
  readonly region: string;
  /** Whoever may assume the role. */
  readonly credentials: CredentialsProvider;
  readonly now: () => number;
}

const TRIES = 2;
const TIMEOUT_MS = 2_500;
const MAX_RESPONSE_BYTES = 65_536;
/** How the session is called in CloudTrail. */
const SESSION_NAME = 'serverless-otlp-forwarder';

/** Text of one element; the values wanted are base64 and dates, which need no reading of entities. */
const elementOf = (xml: string, name: string): string | undefined =>
  new RegExp(`<${name}>([\\w+/=.:-]{1,16384})</${name}>`).exec(xml)?.[1];

const credentialsOf = (xml: string): AwsCredentials | undefined => {
  const accessKeyId = elementOf(xml, 'AccessKeyId');
  const secretAccessKey = elementOf(xml, 'SecretAccessKey');
  const sessionToken = elementOf(xml, 'SessionToken');
  const expiresAtMs = Date.parse(elementOf(xml, 'Expiration') ?? '');
  if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken, ...(Number.isNaN(expiresAtMs) ? {} : { expiresAtMs }) };
};

/** Errors of STS that are over by themselves. */
const PASSING = /^(?:Throttling|ThrottlingException|RequestThrottled|InternalFailure|ServiceUnavailable)$/;

const failure = (why: string, retryable: boolean): AuthenticationError =>
  new AuthenticationError(`sigv4.role_arn: the role cannot be assumed: ${why}`, { retryable });

const HINT = 'its trust policy must name this function (and external_id), whose own role needs sts:AssumeRole';

/** Takes on a role for an hour, by one signed request to STS that is sent twice at most. */
export const assumeRole = (options: AssumeRoleOptions): (() => Promise<AwsCredentials>) => {
  const { roleArn, externalId, url, region, credentials, now } = options;
  const form = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName: SESSION_NAME,
    ...(externalId === undefined ? {} : { ExternalId: externalId }),
  });
  const body = Buffer.from(form.toString());
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  let transport: HttpTransport | undefined;

  const once = async (): Promise<AwsCredentials | AuthenticationError> => {
    const signed = await signAws({
      method: 'POST',
      url,
      headers,
      body,
      service: 'sts',
      region,
      credentials: await credentials(),
      nowMs: now(),
    });
    transport ??= httpTransport({ concurrency: 1, maxResponseBytes: MAX_RESPONSE_BYTES });
    const answer = await transport(url, { ...headers, ...signed }, body, TIMEOUT_MS);
    if ('failure' in answer) return failure(`STS: ${answer.message}`, answer.failure === 'retryable');
    const xml = typeof answer.body === 'string' ? '' : Buffer.from(answer.body).toString();
    if (answer.status === 200)
      return credentialsOf(xml) ?? failure('the answer of STS cannot be read; check AWS_ENDPOINT_URL_STS', false);
    const code = elementOf(xml, 'Code') ?? 'no code';
    const passing = answer.status === 429 || answer.status >= 500 || PASSING.test(code);
    return failure(`STS answered ${answer.status} (${code})${passing ? '' : `; ${HINT}`}`, passing);
  };

  return async () => {
    for (let tries = 1; ; tries++) {
      const result = await once();
      if (!(result instanceof AuthenticationError)) return result;
      if (tries >= TRIES || !result.retryable) throw result;
    }
  };
};
