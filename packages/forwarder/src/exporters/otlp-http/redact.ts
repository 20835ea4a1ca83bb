/** Shorter pieces would redact ordinary words without hiding anything. */
const MIN_SECRET = 4;

/**
 * Replaces everything secret in a text: header values and their words, user, password and query of URLs. Servers echo what they were
 * sent, and their messages end in our report (D27).
 */
export const redactor = (
  headers: Readonly<Record<string, string>>,
  urls: readonly URL[],
): ((text: string) => string) => {
  const values = [
    ...Object.values(headers),
    ...urls.flatMap((url) => [url.username, url.password, ...url.searchParams.values()]),
  ];
  const pieces = values.flatMap((value) => [value, decoded(value), ...value.split(/[\s:;,=]+/)]);
  // The longest first, so that no rest of a value stays behind.
  const secrets = [...new Set(pieces)]
    .filter((piece) => piece.length >= MIN_SECRET)
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((redacted, secret) => redacted.replaceAll(secret, '[redacted]'), text);
};

const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
};
