const STEP = /\.([A-Za-z0-9_@-]+)|\[\s*(?:(\d+)|(\*)|"([^"]*)"|'([^']*)')\s*\]/g;

const child = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** What a property selector such as `$.a[0].b` or `$["a.b"]` points to. @throws {Error} for `[*]`, which nothing here needs. */
export const readValue = (event: unknown, selector: string): unknown => {
  let value = event;
  for (const [, name, index, any, quoted, single] of selector.matchAll(STEP)) {
    if (any !== undefined) throw new Error('a selector with [*], which nobody here can follow');
    if (index === undefined) value = child(value, name ?? quoted ?? single ?? '');
    else value = Array.isArray(value) ? (value as readonly unknown[])[Number(index)] : undefined;
  }
  return value;
};
