import type { Reference, Scheme } from './reference.ts';
import type { Found, ValueSource } from './source.ts';

/** Values that configurations refer to, as they were last read. */
export interface Values {
  /** The last value that could be read, or why there never was one. */
  get(reference: Reference): Found;
  /**
   * Reads these anew; a value that cannot be read stays as it was. Whoever asks for a name that is being read waits for that answer.
   * Never rejects. `fresh` is what {@link ValueSource.read} takes it for.
   *
   * @returns what could not be read, for a person.
   */
  read(references: readonly Reference[], options?: { readonly fresh?: boolean }): Promise<readonly string[]>;
}

/** What {@link valuesOf} reads with. */
export interface ValuesOptions {
  /** The source of a scheme, opened when the first reference needs it. */
  readonly sourceOf: (scheme: Scheme) => Promise<ValueSource>;
  /** Of one reading, in milliseconds; default 3000: Lambda gives an environment ten seconds to start. */
  readonly timeoutMs?: number;
}

const NEVER_READ: Found = { problem: 'was never read', permanent: false };

/** Half a surrogate pair is no text: no header and no encoding can hold it. */
const plain = (value: string): Found =>
  /\p{Cs}/u.test(value) ? { problem: 'holds half a character, which is no text', permanent: true } : { value };

/** Whether a number of JSON is still the one that was written. */
const isExact = (value: number): boolean => Number.isSafeInteger(value) || !Number.isInteger(value);

/** The text under a key of the JSON object that a secret is. */
const select = (found: Found, key: string | undefined): Found => {
  if (!('value' in found)) return found;
  if (key === undefined) return plain(found.value);
  let parsed: unknown;
  try {
    parsed = JSON.parse(found.value);
  } catch {
    return { problem: `is not JSON, so it has no key "${key}"; refer to it without #${key}`, permanent: true };
  }
  const value: unknown =
    typeof parsed === 'object' && parsed !== null && Object.hasOwn(parsed, key)
      ? (parsed as Readonly<Record<string, unknown>>)[key]
      : undefined;
  if (typeof value === 'string') return plain(value);
  if (typeof value === 'number' && !(Number.isFinite(value) && isExact(value)))
    return {
      problem: `has a number under the key "${key}" that is too large: put it in quotation marks`,
      permanent: true,
    };
  if (typeof value === 'number' || typeof value === 'boolean') return { value: String(value) };
  // Its other keys are not named: who makes secrets may have put one there.
  return { problem: `has no text under the key "${key}"`, permanent: true };
};

/** Keeps what was read, so that a store that is down does no harm to whom it has answered once (D4). */
export const valuesOf = ({ sourceOf, timeoutMs = 3_000 }: ValuesOptions): Values => {
  const known = new Map<string, Found>();
  const flights = new Map<string, Flight>();
  const idOf = ({ scheme, name }: Reference): string => `${scheme}:${name}`;

  const keep = (id: string, found: Found): Found => {
    const before = known.get(id);
    if ('value' in found || before === undefined || !('value' in before)) known.set(id, found);
    return found;
  };

  /** All names of one scheme in one reading, which begins when those before it are over: a store sees one at a time. */
  const depart = (scheme: Scheme, names: readonly string[], fresh: boolean): void => {
    const before = names.flatMap((name) => flights.get(`${scheme}:${name}`)?.landed ?? []);
    const reading = Promise.all(before)
      .then(() => sourceOf(scheme))
      .then((source) => source.read(names, timeoutMs, { fresh }))
      .catch((): ReadonlyMap<string, Found> => new Map());
    for (const name of names) {
      const id = `${scheme}:${name}`;
      const landed = reading.then((found) => {
        if (flights.get(id)?.landed === landed) flights.delete(id);
        return keep(id, found.get(name) ?? { problem: 'cannot be read', permanent: false });
      });
      flights.set(id, { landed, fresh });
    }
  };

  return {
    get: (reference) => select(known.get(idOf(reference)) ?? NEVER_READ, reference.key),
    read: async (references, { fresh = false } = {}) => {
      const wanted = new Map(references.map((reference) => [idOf(reference), reference]));
      const idle = [...wanted].filter(([id]) => {
        const flight = flights.get(id);
        return flight === undefined || (fresh && !flight.fresh);
      });
      for (const scheme of new Set(idle.map(([, reference]) => reference.scheme)))
        depart(
          scheme,
          idle.flatMap(([, reference]) => (reference.scheme === scheme ? [reference.name] : [])),
          fresh,
        );
      const found = await Promise.all(
        [...wanted.keys()].map(async (id) => [id, await flights.get(id)?.landed] as const),
      );
      return found.flatMap(([id, one]) => (one !== undefined && 'problem' in one ? [`${id} ${one.problem}`] : []));
    },
  };
};

/** A reading under way. */
interface Flight {
  readonly landed: Promise<Found>;
  readonly fresh: boolean;
}
