import type { Attributes } from '@opentelemetry/api';
import { type IsSecret, plainName, REDACTED, redactQuery, redactUrl, secretNames } from './redact-query.ts';

/** What is taken out of attributes besides the usual. */
export interface RedactOptions {
  /** Names of query parameters, and of headers, whose values are secret; case, `-`, `_` and `.` do not matter. */
  readonly names?: readonly string[];
  /** Names of attributes that never leave as they are, such as `enduser.id`. */
  readonly attributes?: readonly string[];
}

/** Attributes in, attributes without secrets out: the same object where none can be, a copy otherwise. */
export type Redact = (attributes: Attributes) => Attributes;

const HEADER = /^(?:http|rpc(?:\.\w+)?)\.(?:request|response)\.(?:header|metadata)\.(.+)$/;
/** Headers whose whole value is a secret, besides those that are named like one. */
const SECRET_HEADERS: readonly string[] = ['cookie', 'setcookie', 'proxyauthenticate', 'wwwauthenticate'];
const URL_HEADERS: readonly string[] = ['referer', 'location', 'contentlocation'];
const URLS: readonly string[] = [
  ...['url.full', 'url.path', 'url.original', 'http.url', 'http.target'],
  'db.connection_string',
];
/** Of so many names of attributes is remembered what becomes of them. */
const MAX_KNOWN = 1000;

type Change = (text: string) => string;

/** Of a header: each of its values. */
const blank: Change = () => REDACTED;
/** Of what the user names: all of it, whatever it is. */
const gone: Change = () => REDACTED;

/** What it gave last is asked about again: when the span begins, and when it is written. */
const once = (change: Change): Change => {
  let last: string | undefined;
  return (text) => (text === last ? text : (last = change(text)));
};

/** What becomes of an attribute of this name; `undefined`: nothing. */
const changeFor = (name: string, isSecret: IsSecret, whole: ReadonlySet<string>): Change | undefined => {
  if (whole.has(name)) return gone;
  if (name === 'url.query') return once((text) => redactQuery(text, isSecret));
  if (URLS.includes(name)) return once((text) => redactUrl(text, isSecret));
  const header = HEADER.exec(name)?.[1];
  if (header === undefined) return undefined;
  const plain = plainName(header);
  if (SECRET_HEADERS.includes(plain) || isSecret(header)) return blank;
  return URL_HEADERS.includes(plain) ? (text) => redactUrl(text, isSecret) : undefined;
};

/** The same value when there is nothing to change. What is neither text nor a list of it is no header and no URL. */
const changed = (value: unknown, change: Change): unknown => {
  if (change === gone) return REDACTED;
  if (typeof value === 'string') return change(value);
  if (!Array.isArray(value)) return value;
  const parts = value.map((part: unknown) => (typeof part === 'string' ? change(part) : part));
  return parts.every((part, at) => part === value[at]) ? value : parts;
};

/**
 * Takes secrets out of attributes: credentials and cookies in headers (`http.request.header.*` and its like); in URLs and queries
 * the user, the password and the values of secret parameters. `false` switches it off.
 *
 * @example redactor({ names: ['voucher'], attributes: ['enduser.id'] })
 */
export const redactor = (options: RedactOptions | false = {}): Redact => {
  if (options === false) return (attributes) => attributes;
  const isSecret = secretNames(new Set((options.names ?? []).map(plainName)));
  const whole = new Set(options.attributes ?? []);
  const known = new Map<string, Change | null>();
  const changeOf = (name: string): Change | null => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const change = changeFor(name, isSecret, whole) ?? null;
    if (known.size < MAX_KNOWN) known.set(name, change);
    return change;
  };
  return (attributes) => {
    let redacted: Attributes | undefined;
    for (const name in attributes) {
      const change = changeOf(name);
      if (change === null) continue;
      const value = changed(attributes[name], change);
      if (value === attributes[name]) continue;
      redacted ??= { ...attributes };
      redacted[name] = value;
    }
    return redacted ?? attributes;
  };
};
