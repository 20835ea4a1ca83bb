const STEP = /\.([A-Za-z0-9_@-]+)|\.?\[\s*(?:(\d+)|"([^"]*)"|'([^']*)')\s*\]|\.\*|\.?\[\s*\*\s*\]/g;

const fieldOf = (value: unknown, name: string): readonly unknown[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? [(value as Readonly<Record<string, unknown>>)[name]]
    : [];

const elementOf = (value: unknown, index: number): readonly unknown[] =>
  Array.isArray(value) && index < value.length ? [(value as readonly unknown[])[index]] : [];

const everyOf = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : [];

/** What a property selector such as `$.a[0].b`, `$.["a.b"]` or `$.a[*]` points to: several values only where it has a `*`. */
export const readValues = (event: unknown, selector: string): readonly unknown[] => {
  let values: readonly unknown[] = [event];
  for (const [, name, index, quoted, single] of selector.matchAll(STEP)) {
    const field = name ?? quoted ?? single;
    values = values.flatMap((value) => {
      if (field !== undefined) return fieldOf(value, field);
      return index === undefined ? everyOf(value) : elementOf(value, Number(index));
    });
  }
  return values;
};
