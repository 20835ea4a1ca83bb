import type { AnswerBody } from '../http/read-body.ts';
import type { HttpAnswer } from '../http/transport.ts';
import { AuthenticationError } from './authentication-error.ts';

/** A bearer token. */
export interface Token {
  readonly value: string;
  readonly fetchedAtMs: number;
  readonly expiresAtMs: number;
}

/** Where the server does not say how long it is good (RFC 6749, section 5.1, only recommends it). */
const UNKNOWN_LIFETIME_S = 300;
/** A day: what a server says beyond that is not believed without asking again. */
const MAX_LIFETIME_S = 86_400;
/** A token for less would be fetched with every request. */
const MIN_LIFETIME_S = 1;

/** RFC 6750, section 2.1, but for its bounds: whatever can be sent in a header. */
const SENDABLE = /^[\x21-\x7e]{1,32768}$/;

const objectOf = (body: AnswerBody): Readonly<Record<string, unknown>> => {
  if (typeof body === 'string') return {};
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body).toString());
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
};

/** The token in the answer of a token server (RFC 6749, section 5.1); `undefined` when there is none of use. */
export const tokenOf = (body: AnswerBody, nowMs: number): Token | undefined => {
  const { access_token: value, token_type: type = 'bearer', expires_in: lifetime } = objectOf(body);
  if (typeof value !== 'string' || !SENDABLE.test(value)) return undefined;
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') return undefined;
  const seconds = typeof lifetime === 'object' ? 0 : Number(lifetime ?? UNKNOWN_LIFETIME_S);
  const good = seconds > 0 ? Math.min(Math.max(seconds, MIN_LIFETIME_S), MAX_LIFETIME_S) : UNKNOWN_LIFETIME_S;
  return { value, fetchedAtMs: nowMs, expiresAtMs: nowMs + good * 1000 };
};

/** RFC 6749, section 5.2, and what to do. Other codes are not quoted: a server may repeat what it was sent. */
const REMEDIES: Readonly<Record<string, string>> = {
  invalid_client: 'check client_id, client_secret and client_auth',
  invalid_request: 'check client_auth, audience and endpoint_params',
  invalid_scope: 'check scopes',
  unauthorized_client: 'the client may not use the client credentials grant; allow it at the token server',
  unsupported_grant_type: 'it does not know the client credentials grant; check the URL',
  invalid_target: 'check audience and endpoint_params',
};

/** Why there is no token. */
export const tokenProblem = (answer: HttpAnswer, host: string): AuthenticationError => {
  const told = (why: string, retryable: boolean): AuthenticationError =>
    new AuthenticationError(`oauth2.token_url: ${host} ${why}`, { retryable });
  if ('failure' in answer) return told(`gives no token: ${answer.message}`, answer.failure === 'retryable');
  const { status, body } = answer;
  if (status === 200) return told('answered without a bearer token; check the URL', false);
  if (status === 429 || status >= 500) return told(`answered ${status}`, true);
  const { error } = objectOf(body);
  const remedy = typeof error === 'string' && Object.hasOwn(REMEDIES, error) ? REMEDIES[error] : undefined;
  const code = remedy === undefined ? '' : ` (${String(error)})`;
  return told(`answered ${status}${code}; ${remedy ?? 'check the URL, client_id and client_secret'}`, false);
};
