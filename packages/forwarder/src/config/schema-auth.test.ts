import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { readPem } from './pem.ts';
import { otlpHttpSchema } from './schema-exporters.ts';

const ENDPOINT = 'https://collector.example';

/** What is wrong with these settings, by path. */
const problemsOf = (settings: object): readonly string[] => {
  const { issues = [] } = v.safeParse(otlpHttpSchema, { endpoint: ENDPOINT, ...settings });
  return issues.map((issue) => `${v.getDotPath(issue) ?? ''}: ${issue.message}`);
};
const ofAuth = (auth: object, more: object = {}): readonly string[] => problemsOf({ auth, ...more });

const OAUTH2 = { token_url: 'https://login.example/token', client_id: 'a', client_secret: 'b' };
const ONE_OF = 'auth: must be one of bearer, basic, sigv4 and oauth2';

describe('auth', () => {
  it.each([
    [{ bearer: { token: 't' } }],
    [{ basic: { username: 'u', password: 'p:q' } }],
    [{ sigv4: { service: 'xray', region: 'us-gov-west-1' } }],
    [
      {
        sigv4: {
          service: 'xray',
          region: 'eu-west-1',
          role_arn: 'arn:aws-cn:iam::123456789012:role/a/b',
          external_id: 'c-1',
        },
      },
    ],
    [{ oauth2: OAUTH2 }],
    [
      {
        oauth2: {
          ...OAUTH2,
          scopes: ['https://x/.default'],
          audience: 'x',
          endpoint_params: { a: '' },
          client_auth: 'body',
          tls: { ca_file: 'a', cert_pem: 'b', key_pem: 'c' },
        },
      },
    ],
    [{ oauth2: { ...OAUTH2, token_url: 'http://localhost:8080/token' } }],
    [{ oauth2: { ...OAUTH2, token_url: 'http://127.0.0.1/token' } }],
  ])('takes %j', (auth) => {
    expect(ofAuth(auth)).toEqual([]);
  });

  it.each([
    [{}, ONE_OF],
    [{ bearer: { token: 't' }, oauth2: OAUTH2 }, ONE_OF],
    [{ bearer: { token: '' } }, 'auth.bearer.token: must not be empty'],
    [{ bearer: { token: 'a\nb' } }, 'auth.bearer.token: holds what cannot be sent in a header'],
    [{ basic: { username: 'a:b', password: 'p' } }, 'auth.basic.username: must be text without a colon'],
    [{ sigv4: { region: 'evil.example/' } }, 'auth.sigv4.region: must be a Region such as eu-west-1'],
    [{ sigv4: { service: 'a/b' } }, 'auth.sigv4.service: must be a name such as xray'],
    [
      { sigv4: { role_arn: 'telemetry' } },
      'auth.sigv4.role_arn: must be the ARN of a role, e.g. arn:aws:iam::123456789012:role/telemetry',
    ],
    [{ sigv4: { external_id: 'abc' } }, 'auth.sigv4: external_id goes with role_arn'],
    [
      { oauth2: { ...OAUTH2, token_url: 'http://login.example/token' } },
      'auth.oauth2.token_url: must be an https:// URL without user and password (http:// only on this machine)',
    ],
    [
      { oauth2: { ...OAUTH2, token_url: 'https://a:b@login.example/token' } },
      'auth.oauth2.token_url: must be an https:// URL without user and password (http:// only on this machine)',
    ],
    [{ oauth2: { ...OAUTH2, scopes: ['a b'] } }, 'auth.oauth2.scopes.0: must be a scope, one an entry'],
    [{ oauth2: { ...OAUTH2, client_auth: 'none' } }, 'auth.oauth2.client_auth: must be basic or body'],
    [{ oauth2: { ...OAUTH2, tls: { key_file: 'a' } } }, 'auth.oauth2.tls: cert_file and key_file go together'],
    [{ oauth: OAUTH2 }, 'auth.oauth: is not a setting; check its spelling'],
  ])('refuses %j', (auth, problem) => {
    expect(ofAuth(auth)).toContain(problem);
  });

  it('says that a header says the same', () => {
    for (const auth of [{ bearer: { token: 't' } }, { oauth2: OAUTH2 }])
      expect(ofAuth(auth, { headers: { Authorization: 'x' } })).toEqual([
        ': auth and a header `authorization` say the same: drop one',
      ]);
    expect(problemsOf({ headers: { authorization: 'x' } })).toEqual([]);
  });

  it('asks for what the host does not say, with what to write', () => {
    const SERVICE = ': the host does not say whose endpoint it is: write auth.sigv4.service, e.g. service: xray';
    const REGION = ': the host does not say in which Region it is: write auth.sigv4.region, e.g. region: eu-west-1';
    expect(ofAuth({ sigv4: {} })).toEqual([SERVICE]);
    expect(ofAuth({ sigv4: { service: 'xray' } })).toEqual([REGION]);
    const aws = { endpoint: 'https://xray.eu-west-1.amazonaws.com' };
    expect(ofAuth({ sigv4: {} }, aws)).toEqual([]);
    expect(ofAuth({ sigv4: {} }, { ...aws, logs_endpoint: 'https://proxy.example' })).toEqual([SERVICE]);
  });
});

describe('tls', () => {
  const ofTls = (tls: object): readonly string[] => problemsOf({ tls });

  it('takes each as a file or as text', () => {
    expect(ofTls({ ca_pem: 'a', cert_pem: 'b', key_pem: 'c' })).toEqual([]);
    expect(ofTls({ ca_file: 'a', cert_file: 'b', key_pem: 'c' })).toEqual([]);
  });

  it.each([
    [{ ca_file: 'a', ca_pem: 'b' }, 'tls: names a file and its text: drop one'],
    [{ cert_pem: 'a' }, 'tls: cert_pem and key_pem go together'],
    [{ key_pem: 'a' }, 'tls: cert_pem and key_pem go together'],
    [{ key_file: 'a' }, 'tls: cert_file and key_file go together'],
  ])('refuses %j', (tls, problem) => {
    expect(ofTls(tls)).toEqual([problem]);
  });

  it('D27: names the setting whose text is no good, not the text', () => {
    expect(() => readPem({ ca_pem: 'canary' })).toThrow(new Error('tls.ca_pem: holds no PEM certificate'));
    expect(() => readPem({ cert_pem: 'canary', key_pem: 'canary' })).toThrow(
      new Error('tls.cert_pem and tls.key_pem: no PEM certificate and the key that belongs to it'),
    );
  });
});
