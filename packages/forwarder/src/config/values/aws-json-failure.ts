import type { Found } from './source.ts';

/** Why there is no value. */
export type Problem = Exclude<Found, { readonly value: string }>;

/** Why a request to AWS brought nothing. */
export interface AwsFailure {
  /** AWS's name for it, such as `AccessDeniedException`; or one of ours, in lower case. */
  readonly code: string;
  /** What our own words add: why there was no connection, why there are no credentials. Never what AWS or anybody else wrote. */
  readonly detail: string;
  /** Whether the same may work a moment later. */
  readonly retryable: boolean;
}

/** What was asked for, as it is named to a person. */
export interface Asked {
  /** Of the host that was asked. */
  readonly host: string;
  /** `com.amazonaws.<region>.<service>`, the last part. */
  readonly service: string;
  readonly region: string;
  /** The IAM action it takes, such as `secretsmanager:GetSecretValue`. */
  readonly action: string;
  /** What the action is on, as a policy would name it. */
  readonly resource: string;
}

type Tells = (asked: Asked) => string;

const denied: Tells = ({ action, resource }) =>
  `may not be read: allow ${action} on ${resource}, and kms:Decrypt if a KMS key of your own encrypts it`;
const absent: Tells = ({ region }) =>
  `does not exist in ${region}: check its name and Region, and whether it was deleted`;
const undecipherable: Tells = () =>
  'cannot be decrypted: check that its KMS key is enabled, and allow kms:Decrypt on that key';
const stranger: Tells = () =>
  'cannot be read: AWS does not know the credentials of this function, or they have expired';

/** What AWS's codes mean to whoever has to do something. Sources: "Errors" of the actions in the API references. */
const MEANINGS: Readonly<Record<string, Tells>> = {
  AccessDeniedException: denied,
  AccessDenied: denied,
  ResourceNotFoundException: absent,
  ParameterNotFound: absent,
  NoSuchKey: absent,
  NoSuchBucket: ({ region }) => `lies in a bucket that does not exist in ${region}: check its name`,
  InvalidRequestException: () =>
    'cannot be read now: it is marked for deletion, or has no value yet; restore or fill it',
  DecryptionFailure: undecipherable,
  InvalidKeyId: undecipherable,
  'KMS.DisabledException': undecipherable,
  InvalidObjectState: () => 'is archived: restore it, or store it in another class',
  ExpiredTokenException: stranger,
  ExpiredToken: stranger,
  UnrecognizedClientException: stranger,
  InvalidClientTokenId: stranger,
  InvalidAccessKeyId: stranger,
  too_large: () => 'is larger than anything that belongs into a configuration',
};

/** In a VPC without a way out nothing refuses: names resolve, and connections just never come about. */
const unreachable = ({ host, service, region }: Asked, detail: string): string =>
  `cannot be read: ${host} cannot be reached (${detail}); a function in a VPC needs a NAT gateway or the interface endpoint com.amazonaws.${region}.${service}`;

/** Failures before there is an answer. */
const OURS: Readonly<Record<string, (asked: Asked, detail: string) => string>> = {
  unreachable,
  no_credentials: (_asked, detail) => `cannot be read: there are no AWS credentials (${detail})`,
  no_endpoint: (_asked, detail) => `cannot be read: ${detail}`,
};

/** Their codes: whatever is asked for, it will be the same. */
export const BEFORE_AN_ANSWER: ReadonlySet<string> = new Set(Object.keys(OURS));

/** What to say of one name that could not be read. */
export const problemOf = (failure: AwsFailure, asked: Asked): Problem => {
  const { code, detail, retryable } = failure;
  const meaning = Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
  const problem = BEFORE_AN_ANSWER.has(code) ? OURS[code]?.(asked, detail) : meaning?.(asked);
  return {
    problem: problem ?? `cannot be read: ${asked.action} was answered with ${code}`,
    permanent: !retryable && meaning !== stranger,
  };
};
