/** A header name (RFC 9110, token) and a value Node will send. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether this header can be sent. */
export const isHeader = (name: string, value: string): boolean => NAME.test(name) && VALUE.test(value);

/**
 * Reads `key1=value1,key2=value2` as `OTEL_EXPORTER_OTLP_HEADERS` writes it (V5): both sides percent-decoded and trimmed, a value
 * may contain `=`. A pair that cannot be read, has no value or cannot be sent is dropped and told to `onDrop` by its place: behind a
 * comma that nobody encoded, what looks like a name is the rest of a secret.
 */
export const parseHeaders = (text: string, onDrop: (what: string) => void): Readonly<Record<string, string>> => {
  const headers: [string, string][] = [];
  for (const [index, pair] of text.split(',').entries()) {
    if (pair.trim() === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(pair.slice(0, Math.max(0, equals)));
    const value = decode(pair.slice(equals + 1));
    if (name === undefined || name === '' || value === undefined || value === '' || !isHeader(name, value)) {
      onDrop(`pair ${index + 1}`);
    } else {
      headers.push([name.toLowerCase(), value]);
    }
  }
  return Object.fromEntries(headers);
};

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return undefined;
  }
};
