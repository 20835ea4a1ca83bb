import { httpTransport, type HttpTransport, type TlsOptions } from '../http/transport.ts';
import type { Authenticator } from '../http/authenticator.ts';
import { AuthenticationError } from './authentication-error.ts';
import { renewing } from './renewing.ts';
import { type Token, tokenOf, tokenProblem } from './token.ts';
import { within } from './within.ts';

/** What {@link oauth2} asks for a token with. */
export interface OAuth2Options {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes?: readonly string[];
  /** Which API the token is for, where the server wants to know. */
  readonly audience?: string;
  /** Whatever else the server wants to be told. */
  readonly endpointParams?: Readonly<Record<string, string>>;
  /** How id and secret are sent: in the header of Basic authentication (the default, which every server takes), or in the body. */
  readonly clientAuth?: 'basic' | 'body';
  /** Trust and identity towards the token server. */
  readonly tls?: TlsOptions;
  readonly now?: () => number;
}

const TIMEOUT_MS = 5_000;
const MAX_RESPONSE_BYTES = 65_536;
const MARGIN_MS = 60_000;

/** A token as young as this is not replaced: where it is refused, so is the next. Nor is another asked for more often. */
const MIN_AGE_MS = 10_000;

/** Encoded as in a form. RFC 6749, section 2.3.1. */
const formEncoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

const requestOf = (options: OAuth2Options): { headers: Readonly<Record<string, string>>; body: Uint8Array } => {
  const { clientId, clientSecret, scopes = [], audience, endpointParams = {}, clientAuth = 'basic' } = options;
  const form = new URLSearchParams({
    ...endpointParams,
    grant_type: 'client_credentials',
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...(audience === undefined ? {} : { audience }),
    ...(clientAuth === 'body' ? { client_id: clientId, client_secret: clientSecret } : {}),
  });
  const basic = Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString('base64');
  const headers = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
    ...(clientAuth === 'basic' ? { authorization: `Basic ${basic}` } : {}),
  };
  return { headers, body: Buffer.from(form.toString()) };
};

/**
 * Sends a bearer token of the client credentials grant (RFC 6749, section 4.4). It is fetched with the first request, again a minute
 * before it expires, and when it is refused.
 *
 * @example oauth2({ tokenUrl: 'https://login.example/token', clientId: 'forwarder', clientSecret, scopes: ['telemetry.write'] })
 */
export const oauth2 = (options: OAuth2Options): Authenticator => {
  const { now = Date.now, tls } = options;
  const url = new URL(options.tokenUrl);
  const { headers, body } = requestOf(options);
  let transport: HttpTransport | undefined;

  const fetchToken = async (): Promise<Token> => {
    transport ??= httpTransport({
      concurrency: 1,
      maxResponseBytes: MAX_RESPONSE_BYTES,
      ...(tls === undefined ? {} : { tls }),
    });
    const answer = await transport(url, headers, body, TIMEOUT_MS);
    const token = 'status' in answer && answer.status === 200 ? tokenOf(answer.body, now()) : undefined;
    if (token === undefined) throw tokenProblem(answer, url.host);
    return token;
  };
  const token = renewing({
    fetch: fetchToken,
    expiresAtMs: ({ expiresAtMs }) => expiresAtMs,
    marginMs: MARGIN_MS,
    now,
  });

  let used: Token | undefined;
  let askedMs = -Infinity;
  const another = async (): Promise<boolean> => {
    const before = used;
    const agoMs = now() - Math.max(askedMs, before?.fetchedAtMs ?? -Infinity);
    if (agoMs >= 0 && agoMs < MIN_AGE_MS) return false; // below zero the clock was set back
    askedMs = now();
    try {
      return (await token({ fresh: true })).value !== before?.value;
    } catch (error) {
      if (error instanceof AuthenticationError) return false;
      throw error;
    }
  };
  let refreshing: Promise<boolean> | undefined;

  return {
    headersFor: async (_request, timeoutMs, abort) => {
      used = await within(token(), 'oauth2.token_url: fetching a token', timeoutMs, abort);
      return { authorization: `Bearer ${used.value}` };
    },
    refresh: () => (refreshing ??= another().finally(() => (refreshing = undefined))),
  };
};
