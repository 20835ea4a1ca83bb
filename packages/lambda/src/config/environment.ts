import { environment as one } from '@serverless-otlp/stdout-exporter/parts';

/** The value of the first of these variables that is set, without white space around it. Empty counts as not set. */
export const environment = (...names: readonly string[]): string | undefined => {
  for (const name of names) {
    const text = one(name);
    if (text !== undefined) return text;
  }
  return undefined;
};
