/** Shorter pieces would redact ordinary words without hiding anything. */
const MIN_SECRET = 4;

/**
 * Replaces everything secret in a text: header values and their words, user, password and query of URLs, also percent-encoded and as
 * Basic authentication encodes them. Servers echo what they were sent, and their messages end in our report (D27).
 */
export const redactor = (
  headers: Readonly<Record<string, string>>,
  urls: readonly URL[],
): ((text: string) => string) => {
  const values = [...Object.values(headers).flatMap(withBasic), ...urls.flatMap(secretsOf)];
  const pieces = values.flatMap((value) => [value, ...value.split(/[\s:;,=&]+/)]);
  const variants = pieces.flatMap((piece) => [piece, decoded(piece), encodeURIComponent(piece)]);
  // The longest first, so that no rest of a value stays behind.
  const secrets = [...new Set(variants)]
    .filter((variant) => variant.length >= MIN_SECRET)
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((redacted, secret) => redacted.replaceAll(secret, '[redacted]'), text);
};

/** As long as a token: some backends take theirs in the path. */
const TOKEN = /^[\w.~%+=-]{16,}$/;

/** A query may be a secret without a name, and a server may name either form of it. */
const secretsOf = ({ username, password, pathname, search, searchParams }: URL): readonly string[] => {
  const raw = search
    .slice(1)
    .split('&')
    .map((parameter) => parameter.slice(parameter.indexOf('=') + 1));
  const basic = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
  const tokens = pathname.split('/').filter((segment) => TOKEN.test(segment));
  return [username, password, basic, ...tokens, ...raw, ...searchParams.values()];
};

/** The user and password that Basic authentication carries in base64. */
const withBasic = (value: string): readonly string[] => {
  const [, basic] = /^Basic\s+(\S+)$/i.exec(value) ?? [];
  return basic === undefined ? [value] : [value, Buffer.from(basic, 'base64').toString()];
};

const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
};
