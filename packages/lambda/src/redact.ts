import type { Attributes } from '@opentelemetry/api';
import { isSecretName, plainName, REDACTED, redactQuery, redactUrl } from './redact-query.ts';

/** What is taken out of attributes besides the usual. */
export interface RedactOptions {
  /** Names of query parameters, and of headers, whose values are secret; case, `-`, `_` and `.` do not matter. */
  readonly names?: readonly string[];
  /** Names of attributes that never leave as they are, such as `enduser.id`. */
  readonly attributes?: readonly string[];
}

/** Attributes in, attributes without secrets out: the same object where none can be, a copy otherwise. */
export type Redact = (attributes: Attributes) => Attributes;

const HEADER = /^http\.(?:request|response)\.header\.(.+)$/;
/** Headers whose whole value is a secret, besides those {@link isSecretName} knows. */
const SECRET_HEADERS: readonly string[] = ['cookie', 'setcookie', 'proxyauthenticate', 'wwwauthenticate'];
const QUERIES: readonly string[] = ['url.query'];
const URLS: readonly string[] = ['url.full', 'url.path', 'url.original', 'http.url', 'http.target'];

const eachText = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === 'string') return change(value);
  return Array.isArray(value) ? value.map((one: unknown) => eachText(one, change)) : value;
};

const blank = (): string => REDACTED;

/**
 * Takes secrets out of attributes: credentials and cookies in `http.request.header.*` and `http.response.header.*`; in URLs and
 * queries the user, the password and the values of secret parameters. `false` switches it off.
 *
 * @example redactor({ names: ['voucher'], attributes: ['enduser.id'] })
 */
export const redactor = (options: RedactOptions | false = {}): Redact => {
  if (options === false) return (attributes) => attributes;
  const names = new Set((options.names ?? []).map(plainName));
  const whole = new Set(options.attributes ?? []);
  const changeFor = (name: string): ((text: string) => string) | undefined => {
    if (QUERIES.includes(name)) return (text) => redactQuery(text, names);
    if (URLS.includes(name)) return (text) => redactUrl(text, names);
    const header = HEADER.exec(name)?.[1];
    if (header === undefined) return undefined;
    return SECRET_HEADERS.includes(plainName(header)) || isSecretName(header, names) ? blank : undefined;
  };
  return (attributes) => {
    let redacted: Attributes | undefined;
    for (const name of Object.keys(attributes)) {
      const change = changeFor(name);
      if (change === undefined && !whole.has(name)) continue;
      redacted ??= { ...attributes };
      redacted[name] = change === undefined || whole.has(name) ? REDACTED : eachText(attributes[name], change);
    }
    return redacted ?? attributes;
  };
};
