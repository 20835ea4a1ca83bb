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
export const isSecretName = (name: string, more: ReadonlySet<string>): boolean => {
  const plain = plainName(name);
  return SECRET_PARTS.test(plain) || SECRET_NAMES.includes(plain) || more.has(plain);
};

/** A query without the values of secret parameters; names, order and everything else stay. */
export const redactQuery = (query: string, more: ReadonlySet<string>): string =>
  query
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0 || !isSecretName(pair.slice(0, equals), more) ? pair : `${pair.slice(0, equals)}=${REDACTED}`;
    })
    .join('&');

/** A URL, or a path with a query, without user, password and the values of secret parameters. */
export const redactUrl = (url: string, more: ReadonlySet<string>): string => {
  const bare = url.replace(/^([a-z][a-z\d+.-]{0,20}:)?\/\/[^/?#]*@/i, (_all, scheme?: string) => {
    return `${scheme ?? ''}//${REDACTED}:${REDACTED}@`;
  });
  const start = bare.indexOf('?');
  if (start < 0) return bare;
  const hash = bare.indexOf('#', start);
  const end = hash < 0 ? bare.length : hash;
  return `${bare.slice(0, start + 1)}${redactQuery(bare.slice(start + 1, end), more)}${bare.slice(end)}`;
};
