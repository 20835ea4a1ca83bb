import { SIGNALS } from '@serverless-otlp/otlp';
import { awsEndpointOf } from '../auth/aws-endpoint.ts';
import type { CredentialsProvider } from '../auth/sign.ts';
import type { Authenticator } from '../http/authenticator.ts';
import { reasonOf, typeOf } from './components.ts';
import { defined } from './defined.ts';
import type { Environment } from './endpoint.ts';
import type { Config, OtlpHttpSettings } from './settings.ts';
import type { Sigv4Settings } from './settings-auth.ts';

const bearerOf = (token: string): string => `Bearer ${token}`;

/** RFC 7617, section 2. */
const basicOf = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** The endpoints of an exporter, however they are given. */
const urlsOf = ({ endpoint, ...settings }: OtlpHttpSettings): readonly URL[] =>
  [endpoint, ...SIGNALS.map((signal) => settings[`${signal}_endpoint`])].flatMap((text) =>
    text !== undefined && URL.canParse(text) ? [new URL(text)] : [],
  );

const isAws = (url: URL): boolean => awsEndpointOf(url) !== undefined;

/** Signs what goes to AWS, and nothing else: an exporter may send its other signals elsewhere. */
const forAwsAlone = (signer: Authenticator): Authenticator => ({
  headersFor: (request, timeoutMs, abort) =>
    isAws(request.url) ? signer.headersFor(request, timeoutMs, abort) : Promise.resolve({}),
  refresh: (answer) => signer.refresh(answer),
});

const hasAuthorization = ({ headers = {} }: OtlpHttpSettings): boolean =>
  Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');

type Signing = (settings: OtlpHttpSettings, sigv4?: Sigv4Settings) => Promise<Authenticator>;

/** The function's own credentials are the same for all exporters; a role belongs to one. */
const signingWith = (env: Environment): Signing => {
  let own: CredentialsProvider | undefined;
  return async (settings, { service, region, role_arn: roleArn, external_id: externalId } = {}) => {
    const [{ sigv4 }, { awsCredentials }] = await Promise.all([
      import('../auth/sigv4.ts'),
      import('../auth/aws-credentials.ts'),
    ]);
    own ??= awsCredentials(env);
    const [first] = urlsOf(settings).flatMap((url) => awsEndpointOf(url) ?? []);
    const role =
      roleArn === undefined
        ? undefined
        : { roleArn, ...defined({ externalId }), region: region ?? first?.region ?? env['AWS_REGION'] ?? 'us-east-1' };
    const credentials = role === undefined ? own : awsCredentials(env, { role });
    return sigv4({ credentials, ...defined({ service, region }) });
  };
};

const authorized = async (settings: OtlpHttpSettings, sign: Signing): Promise<OtlpHttpSettings> => {
  const { auth = {}, headers } = settings;
  const withHeader = (authorization: string): OtlpHttpSettings => ({
    ...settings,
    headers: { ...headers, authorization },
  });
  if (auth.bearer !== undefined) return withHeader(bearerOf(auth.bearer.token));
  if (auth.basic !== undefined) return withHeader(basicOf(auth.basic.username, auth.basic.password));
  if (auth.oauth2 !== undefined)
    return { ...settings, authenticator: (await import('./oauth2.ts')).oauth2From(auth.oauth2) };
  if (auth.sigv4 !== undefined) return { ...settings, authenticator: await sign(settings, auth.sigv4) };
  if (hasAuthorization(settings) || !urlsOf(settings).some(isAws)) return settings;
  return { ...settings, authenticator: forAwsAlone(await sign(settings)) };
};

/**
 * The configuration with what proves who sends: headers, or an authenticator where that changes. The OTLP endpoints of AWS, which take
 * nothing unsigned, are signed for unless the exporter has `auth` or a header `authorization`. An exporter that cannot be told is broken
 * (D4).
 */
export const withAuth = async (config: Config, env: Environment): Promise<Config> => {
  const sign = signingWith(env);
  const broken: Record<string, string> = { ...config.broken };
  const made = Object.entries(config.exporters).map(async ([id, given]) => {
    if (typeOf(id) !== 'otlp_http' || broken[id] !== undefined) return [id, given] as const;
    try {
      return [id, await authorized(given ?? {}, sign)] as const;
    } catch (error) {
      broken[id] = reasonOf(error);
      return [id, given] as const;
    }
  });
  const exporters = Object.fromEntries(await Promise.all(made));
  return { ...config, exporters, ...(Object.keys(broken).length > 0 && { broken }) };
};
