import type { Authenticator } from '../http/authenticator.ts';
import { AuthenticationError } from './authentication-error.ts';
import { awsEndpointOf } from './aws-endpoint.ts';
import { type AwsCredentials, type CredentialsProvider, signAws } from './sign.ts';
import { within } from './within.ts';

export type { AwsCredentials, CredentialsProvider } from './sign.ts';

/** What {@link sigv4} signs with. */
export interface Sigv4Options {
  /** The name the service signs with; default: what the host of each request says. */
  readonly service?: string;
  readonly region?: string;
  readonly credentials: CredentialsProvider;
  readonly now?: () => number;
}

/** AWS takes five minutes of difference; what is near that is over it a moment later. */
const MAX_SKEW_MS = 4 * 60_000;

/** Between two fetches of other credentials: where they are refused for what they may do, others are refused as well. */
const FETCH_INTERVAL_MS = 30_000;

const isSame = (one: AwsCredentials | undefined, other: AwsCredentials): boolean =>
  one?.accessKeyId === other.accessKeyId &&
  one.secretAccessKey === other.secretAccessKey &&
  one.sessionToken === other.sessionToken;

/**
 * Signs requests to AWS (Signature Version 4). When one is refused, it sets its clock by the answer if the two differ by minutes, else it
 * fetches other credentials.
 *
 * @example sigv4({ credentials: awsCredentials(process.env) })
 */
export const sigv4 = (options: Sigv4Options): Authenticator => {
  const { credentials, now = Date.now } = options;
  let offsetMs = 0;
  let used: AwsCredentials | undefined;
  let fetchedAtMs = -Infinity;

  const adoptClock = (date: unknown): boolean => {
    const skewMs = Date.parse(String(date)) - (now() + offsetMs);
    if (Number.isNaN(skewMs) || Math.abs(skewMs) < MAX_SKEW_MS) return false;
    offsetMs += skewMs;
    return true;
  };

  const fetchOthers = async (): Promise<boolean> => {
    const agoMs = now() - fetchedAtMs;
    if (agoMs >= 0 && agoMs < FETCH_INTERVAL_MS) return false; // below zero the clock was set back
    fetchedAtMs = now();
    const before = used;
    try {
      return !isSame(before, await credentials({ fresh: true }));
    } catch {
      return false;
    }
  };

  let refreshing: Promise<boolean> | undefined;

  return {
    headersFor: async ({ method, url, headers, body }, timeoutMs, abort) => {
      const known = awsEndpointOf(url);
      const service = options.service ?? known?.service;
      const region = options.region ?? known?.region;
      if (service === undefined || region === undefined)
        throw new AuthenticationError('the host does not say so: set sigv4.service and sigv4.region', {
          retryable: false,
        });
      used = await within(credentials(), 'fetching AWS credentials', timeoutMs, abort);
      return signAws({ method, url, headers, body, service, region, credentials: used, nowMs: now() + offsetMs });
    },
    refresh: ({ date }) =>
      (refreshing ??= (adoptClock(date) ? Promise.resolve(true) : fetchOthers()).finally(
        () => (refreshing = undefined),
      )),
  };
};
