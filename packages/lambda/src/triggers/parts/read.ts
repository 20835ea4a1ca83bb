/** An object of an event: whatever is in it is still unknown. */
export type Fields = Readonly<Record<string, unknown>>;

/** Longer text of an event is cut before it becomes an attribute, in UTF-16 units. */
export const MAX_TEXT = 2048;

/** The value as an object; `undefined` for lists, `null` and everything else. */
export const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

/** What is at the end of a path of own properties; never one of a prototype. List items are reached by `'0'`. */
export const at = (value: unknown, ...path: readonly string[]): unknown => {
  let found = value;
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Fields)[name];
  }
  return found;
};

/** The text at the end of a path, cut to {@link MAX_TEXT}; `undefined` when it is empty or no text. */
export const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const text = at(value, ...path);
  return typeof text === 'string' && text !== '' ? text.slice(0, MAX_TEXT) : undefined;
};

/** The finite number at the end of a path; text of digits counts (`SentTimestamp` is one). */
export const numberAt = (value: unknown, ...path: readonly string[]): number | undefined => {
  const found = at(value, ...path);
  if (typeof found === 'string') return /^\d{1,15}$/.test(found) ? Number(found) : undefined;
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
};

/** The list at the end of a path; empty when there is none. */
export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
};

/** The value that all share; `undefined` when they differ, or there is none. */
export const shared = (values: readonly (string | undefined)[]): string | undefined => {
  const [first] = values;
  return values.every((value) => value === first) ? first : undefined;
};
