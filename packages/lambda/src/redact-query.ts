/** Stands for what was taken out (https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/, `url.query`). */
export const REDACTED = 'REDACTED';

/** Parts of names that mean a secret, in lower case, without `-`, `_` and `.`. */
const SECRET_PARTS =
  /token|secret|passw|signature|credential|apikey|accesskey|privatekey|authorization|sessionid|samlresponse/;
/** Names that mean a secret as a whole; shorter ones would be found in innocent words. */
const SECRET_NAMES: readonly string[] = ['sig', 'auth', 'code', 'jwt', 'pwd', 'pass', 'session', 'otp', 'key'];

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** A name as the rules compare it: `X-Amz-Signature` and `x_amz_signature` are one. */
export const plainName = (name: string): string =>
  decoded(name.slice(0, 256))
    .toLowerCase()
    .replace(/[-_.[\]]/g, '');

/**
 * Whether a parameter or header of this name holds a secret: those of the conventions (`X-Amz-Signature`, `X-Amz-Credential`,
 * `X-Amz-Security-Token`, `AWSAccessKeyId`, `Signature`, `sig`, `X-Goog-Signature`) and what applications call theirs.
 *
 * @param more Further names, as {@link plainName} has them.
 */
const isSecretName = (name: string, more: ReadonlySet<string>): boolean => {
  const plain = plainName(name);
  return SECRET_PARTS.test(plain) || SECRET_NAMES.includes(plain) || more.has(plain);
};

/** Whether a parameter of this name holds a secret. */
export type IsSecret = (name: string) => boolean;

/** So many names are remembered: whoever calls chooses them. */
const MAX_KNOWN = 1000;

/** {@link isSecretName}, asked once for each name. */
export const secretNames = (more: ReadonlySet<string>): IsSecret => {
  const known = new Map<string, boolean>();
  return (name) => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const isSecret = isSecretName(name, more);
    if (known.size < MAX_KNOWN && name.length < 100) known.set(name, isSecret);
    return isSecret;
  };
};

/** A query without the values of secret parameters; names, order and everything else stay. Without any it is the same text. */
export const redactQuery = (query: string, isSecret: IsSecret): string => {
  const pairs = query.split('&');
  let found = false;
  for (const [at, pair] of pairs.entries()) {
    const equals = pair.indexOf('=');
    if (equals < 0 || !isSecret(pair.slice(0, equals))) continue;
    pairs[at] = `${pair.slice(0, equals)}=${REDACTED}`;
    found = true;
  }
  return found ? pairs.join('&') : query;
};

/** A URL, or a path with a query, without user, password and the values of secret parameters; the same text where there are none. */
export const redactUrl = (url: string, isSecret: IsSecret): string => {
  const bare = url.includes('@')
    ? url.replace(
        /^([a-z][a-z\d+.-]{0,20}:)?\/\/[^/?#]*@/i,
        (_all, scheme?: string) => `${scheme ?? ''}//${REDACTED}:${REDACTED}@`,
      )
    : url;
  const start = bare.indexOf('?');
  if (start < 0) return bare;
  const hash = bare.indexOf('#', start);
  const end = hash < 0 ? bare.length : hash;
  const query = bare.slice(start + 1, end);
  const redacted = redactQuery(query, isSecret);
  return redacted === query ? bare : `${bare.slice(0, start + 1)}${redacted}${bare.slice(end)}`;
};
