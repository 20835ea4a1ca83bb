/** The value of a variable, without white space around it. Empty counts as not set, as in the OpenTelemetry specification. */
export const environment = (...names: readonly string[]): string | undefined => {
  for (const name of names) {
    const text = process.env[name]?.trim();
    if (text !== undefined && text !== '') return text;
  }
  return undefined;
};

/** A whole number; `undefined` for anything else. */
export const numberOf = (...names: readonly string[]): number | undefined => {
  const text = environment(...names);
  return text !== undefined && /^\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : undefined;
};

/** Words with commas between, in lower case. */
export const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '');
