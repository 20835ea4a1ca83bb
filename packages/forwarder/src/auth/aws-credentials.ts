import { awsServiceUrl } from './aws-endpoint.ts';
import { AuthenticationError } from './authentication-error.ts';
import { renewing } from './renewing.ts';
import type { AwsCredentials, CredentialsProvider } from './sign.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A role to take on, with the credentials of the process. */
export interface AwsRole {
  readonly roleArn: string;
  readonly externalId?: string;
  /** Whose STS is asked. */
  readonly region: string;
}

/** How {@link awsCredentials} finds them. */
export interface AwsCredentialsOptions {
  readonly role?: AwsRole;
  readonly now?: () => number;
}

/** As early as the SDKs of AWS: a clock may be wrong by that much. */
const MARGIN_MS = 5 * 60_000;

const nothing = (): void => undefined;
/** The SDK would print its advice to where the reports go. */
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };

const ofVariables = (env: Environment): AwsCredentials | undefined => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId = '',
    AWS_SECRET_ACCESS_KEY: secretAccessKey = '',
    AWS_SESSION_TOKEN: sessionToken = '',
  } = env;
  if (accessKeyId === '' || secretAccessKey === '') return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) };
};

const NOT_FOUND =
  'no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or choose a profile with AWS_PROFILE and log in to it';

/** What the SDK says quotes paths, profiles and answers; its class says enough. */
const chainError = (error: unknown): AuthenticationError => {
  const { name } = error instanceof Error ? error : new Error();
  return new AuthenticationError(`${NOT_FOUND} (${name})`, { retryable: !name.endsWith('ProviderError') });
};

/** Everything else than variables: profiles, single sign-on, containers, instances. Nothing of it is loaded in Lambda. */
const chainOf = (now: () => number): CredentialsProvider => {
  let opened: Promise<() => Promise<AwsCredentials>> | undefined;
  const open = async (): Promise<() => Promise<AwsCredentials>> => {
    const sdk = await import('@aws-sdk/credential-provider-node');
    const provide = sdk.defaultProvider({ logger: SILENT });
    return async () => {
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = await provide({ forceRefresh: true });
      return {
        accessKeyId,
        secretAccessKey,
        ...(sessionToken === undefined ? {} : { sessionToken }),
        ...(expiration === undefined ? {} : { expiresAtMs: expiration.getTime() }),
      };
    };
  };
  return renewing({
    fetch: async () => {
      try {
        return await (
          await (opened ??= open())
        )();
      } catch (error) {
        throw chainError(error);
      }
    },
    expiresAtMs: ({ expiresAtMs }) => expiresAtMs,
    marginMs: MARGIN_MS,
    now,
  });
};

/**
 * The credentials of the process: its variables, as Lambda sets them and read anew each time, else what the AWS SDK finds. With a role,
 * those of the role.
 *
 * They are fetched again five minutes before they expire, one request at a time; should that fail, the old ones serve until they do.
 *
 * @example awsCredentials(env, { role: { roleArn: 'arn:aws:iam::123456789012:role/telemetry', region: 'eu-west-1' } })
 */
export const awsCredentials = (env: Environment, options: AwsCredentialsOptions = {}): CredentialsProvider => {
  const { role, now = Date.now } = options;
  let chain: CredentialsProvider | undefined;
  const own: CredentialsProvider = (asked) => {
    const found = ofVariables(env);
    return found === undefined ? (chain ??= chainOf(now))(asked) : Promise.resolve(found);
  };
  if (role === undefined) return own;
  const { region } = role;
  const url = awsServiceUrl('sts', 'STS', region, env);
  let assume: CredentialsProvider | undefined;
  return renewing({
    fetch: async () => {
      assume ??= (await import('./assume-role.ts')).assumeRole({ ...role, url, region, credentials: own, now });
      return assume();
    },
    expiresAtMs: ({ expiresAtMs }) => expiresAtMs,
    marginMs: MARGIN_MS,
    now,
  });
};
