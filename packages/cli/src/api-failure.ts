import { visible } from '@serverless-otlp/dev-server';

/** What an error of the SDK means for whoever asked. */
export type ApiFailure =
  /** The same request may succeed in a while. */
  | { readonly kind: 'busy'; readonly reason: string }
  /** There is no such log group. */
  | { readonly kind: 'missing' }
  /** For a person; `invalid` with a token of a page may also mean that the token has expired. */
  | { readonly kind: 'denied' | 'credentials' | 'region' | 'invalid' | 'refused'; readonly message: string };

const THROTTLED =
  /^(Throttling(Exception)?|ThrottledException|TooManyRequestsException|RequestLimitExceeded|RequestThrottled(Exception)?|SlowDown|BandwidthLimitExceeded)$/;
const TEMPORARY =
  /^(ServiceUnavailable(Exception)?|InternalFailure|InternalServer(Error|Exception)|RequestTimeout(Exception)?|TimeoutError|MalformedAnswer)$/;
const CREDENTIALS =
  /^(ExpiredToken(Exception)?|UnrecognizedClientException|InvalidSignatureException|InvalidClientTokenId|MissingAuthenticationToken(Exception)?|IncompleteSignature(Exception)?|RequestExpired|CredentialsProviderError|TokenProviderError|AuthFailure)$/;
const DENIED = /^(AccessDenied(Exception)?|UnauthorizedOperation|NotAuthorized|OptInRequired)$/;

interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const MAX_MESSAGE = 300;

/** What AWS may repeat of a request: the token of a session, the id of a key. */
const CREDENTIAL = /security-token\W+\S+|\b(?:AKIA|ASIA)[A-Z0-9]{12,}/gi;

/** AWS's own words, bounded and without control characters. */
const wordsOf = ({ name, message }: SdkError): string =>
  visible(`${name}: ${message.replace(CREDENTIAL, '[redacted]')}`.slice(0, MAX_MESSAGE));

/** Judges an error of the SDK. The text of an answer that is no JSON is in its message: that is never repeated. */
export const apiFailureOf = (thrown: unknown): ApiFailure => {
  const error: SdkError = thrown instanceof Error ? thrown : new Error('unknown');
  const status = error.$metadata?.httpStatusCode;
  if (THROTTLED.test(error.name) || status === 429) return { kind: 'busy', reason: 'throttled' };
  if (CREDENTIALS.test(error.name)) return { kind: 'credentials', message: error.name }; // its message repeats the signed request
  if (error.name === 'ResourceNotFoundException') return { kind: 'missing' };
  if (DENIED.test(error.name) || status === 403) return { kind: 'denied', message: wordsOf(error) };
  if (error.name === 'InvalidParameterException') return { kind: 'invalid', message: wordsOf(error) };
  if (TEMPORARY.test(error.name) || (status ?? 0) >= 500)
    return { kind: 'busy', reason: `answer ${status ?? error.name}` };
  if (error.message === 'Region is missing') return { kind: 'region', message: 'Region is missing' };
  // Node's own errors of the network have a code; an answer that cannot be parsed is a SyntaxError.
  if (typeof error.code === 'string') return { kind: 'busy', reason: error.code };
  if (error.name === 'SyntaxError') return { kind: 'busy', reason: 'an answer that is no JSON' };
  return { kind: 'refused', message: wordsOf(error) };
};
