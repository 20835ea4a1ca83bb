import * as v from 'valibot';
import { awsEndpointOf } from '../auth/aws-endpoint.ts';
import { httpUrl } from '../http/http-url.ts';
import { isHeader } from './headers.ts';
import { mapping, oneOf, record, type Schema, text } from './schema-values.ts';
import type { OtlpHttpSettings, TlsSettings } from './settings.ts';
import type { AuthSettings } from './settings-auth.ts';

/** Text of one form: what it must look like, and how to say so. */
const textLike = (pattern: RegExp, otherwise: string, description: string): Schema<string> =>
  v.pipe(v.string('must be text'), v.regex(pattern, otherwise), v.title('text'), v.description(description));

const bearer = v.pipe(
  mapping({
    token: v.pipe(
      text('The token, without `Bearer`.'),
      v.check((token) => isHeader('authorization', token), 'holds what cannot be sent in a header'),
    ),
  }),
  v.description('A fixed token, sent as `authorization: Bearer …`.'),
);

const basic = v.pipe(
  mapping({
    // RFC 7617, section 2: the first colon ends the name.
    username: textLike(/^[^:]+$/, 'must be text without a colon', 'The user.'),
    password: text('The password.'),
  }),
  v.description('Basic authentication.'),
);

const sigv4 = v.pipe(
  mapping({
    service: v.exactOptional(
      textLike(
        /^[a-z0-9-]{1,64}$/,
        'must be a name such as xray',
        'The name to sign with. Default: what the host says.',
      ),
    ),
    region: v.exactOptional(
      textLike(/^[a-z]{2,}(?:-[a-z0-9]+)+$/, 'must be a Region such as eu-west-1', 'Default: what the host says.'),
    ),
    role_arn: v.exactOptional(
      textLike(
        /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
        'must be the ARN of a role, e.g. arn:aws:iam::123456789012:role/telemetry',
        "A role to assume, such as one of another account. Default: the function's own.",
      ),
    ),
    external_id: v.exactOptional(
      textLike(/^[\w+=,.@:/-]{2,1224}$/, 'must be 2 to 1224 characters that AWS allows', 'What the role asks for.'),
    ),
  }),
  v.check(
    ({ role_arn, external_id }) => external_id === undefined || role_arn !== undefined,
    'external_id goes with role_arn',
  ),
  v.description('Signatures of AWS. Endpoints of AWS get them also without this setting.'),
);

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** The client's secret goes there. */
const isTokenUrl = (value: string): boolean => {
  const url = httpUrl(value);
  if (url === undefined || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || LOOPBACK.test(url.hostname);
};

const PEM_FORMS = ['ca', 'cert', 'key'] as const;

const given = (tls: TlsSettings, what: 'cert' | 'key'): boolean =>
  tls[`${what}_file`] !== undefined || tls[`${what}_pem`] !== undefined;

const tlsFor = (description: string): Schema<TlsSettings> =>
  v.pipe(
    mapping({
      ca_file: v.exactOptional(text('PEM file of the certificate authorities to trust instead of the built-in ones.')),
      ca_pem: v.exactOptional(text('Their text instead, from a reference.')),
      cert_file: v.exactOptional(text('PEM file of the client certificate, for mutual TLS.')),
      cert_pem: v.exactOptional(text('Its text instead, from a reference.')),
      key_file: v.exactOptional(text('PEM file of the client key, for mutual TLS.')),
      key_pem: v.exactOptional(text('Its text instead, from a reference.')),
    }),
    v.check(
      (tls) => given(tls, 'cert') === given(tls, 'key'),
      ({ input: { cert_pem, key_pem } }) =>
        `${(cert_pem ?? key_pem) ? 'cert_pem and key_pem' : 'cert_file and key_file'} go together`,
    ),
    v.check(
      (tls) => PEM_FORMS.every((what) => tls[`${what}_file`] === undefined || tls[`${what}_pem`] === undefined),
      'names a file and its text: drop one',
    ),
    v.description(description),
  );

/** `tls` of an `otlp_http` exporter. */
export const tlsSchema: Schema<TlsSettings> = tlsFor('Trust and identity for `https` endpoints.');

const oauth2 = v.pipe(
  mapping({
    token_url: v.pipe(
      v.string('must be text'),
      v.check(isTokenUrl, 'must be an https:// URL without user and password (http:// only on this machine)'),
      v.title('URL'),
      v.description('Where the authorization server issues tokens.'),
    ),
    client_id: text('The client.'),
    client_secret: text('Its secret.'),
    scopes: v.exactOptional(
      v.pipe(
        v.array(textLike(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope, one an entry', ''), 'must be a list'),
        v.title('list of text'),
        v.description('What the token is to allow.'),
      ),
    ),
    audience: v.exactOptional(text('The API the token is for, where the server wants to know.')),
    endpoint_params: v.exactOptional(
      v.pipe(
        record(v.string('must be text')),
        v.title('text by name'),
        v.description('Whatever else the server wants to be told.'),
      ),
    ),
    client_auth: v.exactOptional(
      oneOf(['basic', 'body'], 'Whether id and secret are sent in a header or in the body. Default `basic`.'),
    ),
    tls: v.exactOptional(tlsFor('Trust and identity towards the token server.')),
  }),
  v.description('A token of the OAuth 2.0 client credentials grant, fetched and renewed.'),
);

/** `auth` of an `otlp_http` exporter. */
export const authSchema: Schema<AuthSettings> = v.pipe(
  mapping({
    bearer: v.exactOptional(bearer),
    basic: v.exactOptional(basic),
    sigv4: v.exactOptional(sigv4),
    oauth2: v.exactOptional(oauth2),
  }),
  v.check((auth) => Object.keys(auth).length === 1, 'must be one of bearer, basic, sigv4 and oauth2'),
  v.description('How to prove who sends: one of these. Values are secrets: refer to them.'),
);

const endpointsOf = ({
  endpoint,
  traces_endpoint,
  metrics_endpoint,
  logs_endpoint,
}: OtlpHttpSettings): readonly URL[] =>
  [endpoint, traces_endpoint, metrics_endpoint, logs_endpoint].flatMap((url) =>
    url === undefined ? [] : (httpUrl(url) ?? []),
  );

/** Whether two things say who sends. */
export const saysTwice = ({ auth, headers = {} }: OtlpHttpSettings): boolean =>
  auth !== undefined && Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');

/** Which part of a signature nobody says: the host names neither service nor Region, and no setting does. */
export const unsaid = (settings: OtlpHttpSettings): 'service' | 'region' | undefined => {
  const { sigv4: signed } = settings.auth ?? {};
  if (signed === undefined || endpointsOf(settings).every((url) => awsEndpointOf(url) !== undefined)) return undefined;
  if (signed.service === undefined) return 'service';
  return signed.region === undefined ? 'region' : undefined;
};
