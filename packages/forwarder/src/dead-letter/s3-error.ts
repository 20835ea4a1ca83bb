import { StoreError } from './store-error.ts';

/** What an error of the SDK tells without its message, which may repeat credentials. */
interface Facts {
  /** The code S3 gave, or the class of the error. */
  readonly name: string;
  readonly status: number | undefined;
  /** Where the connection failed: a code of Node's. */
  readonly code: string;
  readonly message: string;
  /** Whether S3 itself said that the request is at fault. */
  readonly refused: boolean;
  /** Where the bucket is, when S3 says so. */
  readonly region: string | undefined;
}

interface Reason {
  readonly is: (facts: Facts) => boolean;
  readonly permanent: boolean;
  readonly says: (facts: Facts) => string;
}

/** How a certificate fails. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/;
const THROTTLED = /^(SlowDown|Throttl|RequestLimitExceeded|TooManyRequests|RequestThrottled|BandwidthLimitExceeded)/;
const WRONG_CREDENTIALS = /^(InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|TokenRefreshRequired)/;
const WRONG_REGION = /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/;
const GIVEN_UP = /^(AbortError|TimeoutError)$/;
const NETWORK = /^E(?!RR_)[A-Z_]+$/;
const UNREACHABLE = 'if this lasts, check endpoint and region, and in a VPC its gateway endpoint for S3';

const named =
  (...names: readonly string[]) =>
  ({ name }: Facts): boolean =>
    names.includes(name);

/** The first that fits counts. */
const REASONS: readonly Reason[] = [
  {
    is: named('NoSuchBucket', 'InvalidBucketName'),
    permanent: true,
    says: () => 'there is no such bucket; check its name and its account, or create it',
  },
  {
    is: ({ name, status, message }) => name.startsWith('KMS.') || (status === 403 && /\bkms\b/i.test(message)),
    permanent: true,
    says: () =>
      'its KMS key cannot be used; check that the key is enabled, and that role and key policy allow kms:GenerateDataKey and kms:Decrypt',
  },
  {
    is: ({ name }) => WRONG_REGION.test(name),
    permanent: true,
    says: ({ region }) => `the bucket is in another region${region === undefined ? '' : `, ${region}`}; set region`,
  },
  {
    is: ({ name }) => WRONG_CREDENTIALS.test(name),
    permanent: true,
    says: () => 'AWS refuses the credentials; check that they are valid, not expired, and of this account',
  },
  {
    is: named('InvalidObjectState'),
    permanent: true,
    says: () => 'the object is archived; restore it, and exclude the prefix from the lifecycle rule',
  },
  {
    is: ({ name, status }) => name === 'AccessDenied' || status === 401 || status === 403,
    permanent: true,
    says: () =>
      'access denied; check that the role and the bucket policy allow s3:PutObject, s3:GetObject, s3:DeleteObject and s3:ListBucket, and who owns the bucket',
  },
  {
    is: named('CredentialsProviderError'),
    permanent: true,
    says: () => 'there are no AWS credentials; give the function a role, or sign in to a profile',
  },
  {
    is: ({ code }) => code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND',
    permanent: true,
    says: () => 'the AWS SDK is not there; deploy the zip with all its files, or install @aws-sdk/client-s3',
  },
  {
    is: ({ code }) => code === 'ERR_INVALID_URL',
    permanent: true,
    says: () => 'the endpoint is not a URL; write https://host',
  },
  {
    is: ({ message }) => message === 'Region is missing',
    permanent: true,
    says: () => 'there is no region; set region or AWS_REGION',
  },
  {
    is: ({ name, status }) => THROTTLED.test(name) || status === 429 || status === 503,
    permanent: false,
    says: () => 'S3 asks for fewer requests, or is overloaded',
  },
  { is: ({ status = 0 }) => status >= 500, permanent: false, says: () => 'S3 failed' },
  {
    is: ({ code }) => UNTRUSTED.test(code),
    permanent: true,
    says: () => 'its certificate is not trusted; check the endpoint, and any proxy in between',
  },
  {
    is: ({ name, code }) => GIVEN_UP.test(name) && !NETWORK.test(code),
    permanent: false,
    says: () => `there was no answer in time; ${UNREACHABLE}`,
  },
  {
    is: ({ code }) => NETWORK.test(code),
    permanent: false,
    says: () => `it cannot be reached; ${UNREACHABLE}`,
  },
  {
    is: named('RequestTimeTooSkewed', 'RequestTimeout', 'OperationAborted', 'InternalError'),
    permanent: false,
    says: () => 'S3 could not finish the request',
  },
  { is: ({ refused }) => refused, permanent: true, says: () => 'S3 refuses the request; check the settings' },
];

const OTHER: Pick<Reason, 'permanent' | 'says'> = {
  permanent: false,
  says: () => 'the answer is none of S3; check the endpoint',
};

/** A word of a server, if it is one: anything could stand there. */
const word = (value: unknown, allowed: RegExp): string | undefined =>
  typeof value === 'string' && allowed.test(value) ? value : undefined;

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

const statusOf = (error: unknown): number | undefined => {
  const status =
    property(property(error, '$metadata'), 'httpStatusCode') ?? property(property(error, '$response'), 'statusCode');
  return typeof status === 'number' ? status : undefined;
};

const factsOf = (error: unknown): Facts => ({
  name: word(property(error, 'name'), /^[A-Za-z][\w.]{0,63}$/) ?? 'Error',
  status: statusOf(error),
  code: word(property(error, 'code'), /^[A-Z][A-Z0-9_]{0,63}$/) ?? '',
  message: String(property(error, 'message')),
  refused: property(error, '$fault') === 'client',
  region: word(
    property(property(property(error, '$response'), 'headers'), 'x-amz-bucket-region') ?? property(error, 'Region'),
    /^[a-z][a-z0-9-]{1,31}$/,
  ),
});

/**
 * What an error of the SDK means, for a person. The error itself is not passed on: it carries the request with its signature, and
 * whatever prints an error prints its cause.
 */
export const s3Error = (store: string, verb: string, cause: unknown): StoreError => {
  if (cause instanceof StoreError) return cause;
  const facts = factsOf(cause);
  const { permanent, says } = REASONS.find(({ is }) => is(facts)) ?? OTHER;
  const requestId = word(property(property(cause, '$metadata'), 'requestId'), /^[\w+/=-]{1,128}$/);
  const details = [
    ...(facts.name === 'Error' ? [] : [facts.name]),
    ...(facts.code === '' ? [] : [facts.code]),
    ...(facts.status === undefined ? [] : [`status ${facts.status}`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
  ].join(', ');
  const shown = details === '' ? '' : ` (${details})`;
  return new StoreError(`${store}: cannot ${verb}: ${says(facts)}${shown}`, { permanent });
};
