import { oauth2 } from '../auth/oauth2.ts';
import type { Authenticator } from '../http/authenticator.ts';
import { defined } from './defined.ts';
import { readPem } from './pem.ts';
import type { OAuth2Settings } from './settings-auth.ts';

/**
 * What fetches the tokens of an exporter with `auth.oauth2`.
 *
 * @throws {Error} that names the setting at fault when its certificates are no good.
 */
export const oauth2From = (settings: OAuth2Settings): Authenticator => {
  const { token_url, client_id, client_secret, scopes, audience, endpoint_params, client_auth, tls } = settings;
  return oauth2({
    tokenUrl: token_url,
    clientId: client_id,
    clientSecret: client_secret,
    ...defined({ scopes, audience, endpointParams: endpoint_params, clientAuth: client_auth }),
    ...(tls && { tls: readPem(tls, 'auth.oauth2.tls') }),
  });
};
