/** The names of credentials, which no list can allow (E6). */
const SECRET = /^(?:proxy-)?authorization$|cookie|(?:^|[-_])(?:api[-_]?key|key|token|secret|password)$/;

/** Whether a header of this name may stand in a log. */
export const mayBeWritten = (name: string): boolean => !SECRET.test(name.toLowerCase());

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return undefined;
  }
};

/**
 * The pairs of `key1=value1,key2=value2`, percent-decoded. A pair that cannot be read is left out.
 * Source: OpenTelemetry specification, "Specifying headers via environment variables"; `OTEL_RESOURCE_ATTRIBUTES` is written alike.
 */
export const pairsOf = (text: string): ReadonlyMap<string, string> => {
  const pairs = new Map<string, string>();
  for (const pair of text.split(',')) {
    const at = pair.indexOf('=');
    if (at < 1) continue;
    const name = decoded(pair.slice(0, at));
    const value = decoded(pair.slice(at + 1));
    if (name !== undefined && name !== '' && value !== undefined) pairs.set(name, value);
  }
  return pairs;
};
