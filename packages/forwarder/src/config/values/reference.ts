/** Where a value comes from that a configuration refers to. */
export type Scheme = 'secretsmanager' | 'ssm';

/** `${secretsmanager:NAME-OR-ARN#KEY}` or `${ssm:NAME#KEY}`, taken apart. */
export interface Reference {
  readonly scheme: Scheme;
  /** Of the secret or parameter. */
  readonly name: string;
  /** Of a JSON object that is the value; absent: the whole value. */
  readonly key?: string;
}

/** What AWS allows in names and ARNs; an exclamation mark in those of secrets that services manage. Source: Secrets Manager and Systems Manager API references. */
const REFERENCE = /^\$\{(secretsmanager|ssm):([\w/+=.@!:-]{1,2048})(?:#([^{}#]{1,512}))?\}$/;

/** `undefined` for text that is no such reference. */
export const parseReference = (text: string): Reference | undefined => {
  const [, scheme, name, key] = REFERENCE.exec(text) ?? [];
  if (scheme === undefined || name === undefined) return undefined;
  return { scheme: scheme as Scheme, name, ...(key === undefined ? {} : { key }) };
};

/** Every such reference in a text; and `$$`, which is a dollar sign. */
export const REFERENCES: RegExp = /\$\$|\$\{(?:secretsmanager|ssm):[^}]*\}/g;

/** Every such reference in a parsed configuration, as written, each once. `$$` is a dollar sign. */
export const referencesIn = (value: unknown): readonly Reference[] => {
  const found = new Map<string, Reference>();
  const look = (one: unknown, depth: number): void => {
    if (typeof one === 'string') {
      for (const [text] of one.matchAll(REFERENCES)) {
        const reference = text === '$$' ? undefined : parseReference(text);
        if (reference !== undefined) found.set(text, reference);
      }
    } else if (typeof one === 'object' && one !== null && depth < MAX_DEPTH) {
      for (const entry of Object.values(one)) look(entry, depth + 1);
    }
  };
  look(value, 0);
  return [...found.values()];
};

/** As deep as a configuration is expanded. */
export const MAX_DEPTH = 32;
