import type { TlsSettings } from './settings.ts';

/** How an exporter proves who sends: one of these. */
export interface AuthSettings {
  readonly bearer?: { readonly token: string };
  readonly basic?: { readonly username: string; readonly password: string };
  readonly sigv4?: Sigv4Settings;
  readonly oauth2?: OAuth2Settings;
}

/** Signatures of AWS. */
export interface Sigv4Settings {
  readonly service?: string;
  readonly region?: string;
  readonly role_arn?: string;
  readonly external_id?: string;
}

/** Tokens of the client credentials grant. */
export interface OAuth2Settings {
  readonly token_url: string;
  readonly client_id: string;
  readonly client_secret: string;
  readonly scopes?: readonly string[];
  readonly audience?: string;
  readonly endpoint_params?: Readonly<Record<string, string>>;
  readonly client_auth?: 'basic' | 'body';
  readonly tls?: TlsSettings;
}
