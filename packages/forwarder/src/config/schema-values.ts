import * as v from 'valibot';
import { httpUrl } from '../http/http-url.ts';

/** A schema that may be given anything. */
export type Schema<T> = v.GenericSchema<unknown, T>;

const isMapping = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

const anyMapping: Schema<Readonly<Record<string, unknown>>> = v.custom<Readonly<Record<string, unknown>>>(
  isMapping,
  'must be a mapping of names to values',
);

/** Settings by name; every other name is refused. Valibot takes a list for an object: `headers: [a=b]` would name a header `0`. */
export const mapping = <const Entries extends v.ObjectEntries>(
  entries: Entries,
): Schema<v.InferOutput<v.ObjectSchema<Entries, undefined>>> =>
  // Unlike `strictObject`, which stops at the first unknown name.
  v.pipe(anyMapping, v.objectWithRest(entries, v.never('is not a setting; check its spelling')));

/** Values of one kind under names of the operator's choice. */
export const record = <T>(value: Schema<T>): Schema<Record<string, T>> =>
  v.pipe(anyMapping, v.record(v.string(), value));

/** Numbers may come out of a variable, as text. */
export const integer = (min: number, max: number, description: string): Schema<number> =>
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))], 'must be a whole number'),
    v.integer('must be a whole number'),
    v.minValue(min, `must be at least ${min}`),
    v.maxValue(max, `must be at most ${max}`),
    v.title(`integer, ${min} to ${max}`),
    v.description(description),
  );

/** Booleans may come out of a variable too, in any case (V2). */
export const flag = (description: string): Schema<boolean> =>
  v.pipe(
    v.union(
      [
        v.boolean(),
        v.pipe(
          v.string(),
          v.toLowerCase(),
          v.picklist(['true', 'false']),
          v.transform((text) => text === 'true'),
        ),
      ],
      'must be true or false',
    ),
    v.title('`true` or `false`'),
    v.description(description),
  );

const orList = (words: readonly string[]): string => words.join(', ').replace(/, ([^,]*)$/, ' or $1');

/** One of these words. */
export const oneOf = <const Word extends string>(words: readonly Word[], description: string): Schema<Word> =>
  v.pipe(
    v.picklist(words, `must be ${orList(words)}`),
    v.title(orList(words.map((word) => `\`${word}\``))),
    v.description(description),
  );

/** Text that is not empty. */
export const text = (description: string): Schema<string> =>
  v.pipe(v.string('must be text'), v.nonEmpty('must not be empty'), v.title('text'), v.description(description));

/** A URL that OTLP/HTTP can use. */
export const url = (description: string): Schema<string> =>
  v.pipe(
    v.string('must be text'),
    v.check((value) => httpUrl(value) !== undefined, 'must be an http:// or https:// URL'),
    v.title('URL'),
    v.description(description),
  );

/** Literals or globs; 512 is the longest name a log group can have. */
export const patterns = (description: string): Schema<readonly string[]> =>
  v.pipe(
    v.array(v.pipe(text(''), v.maxLength(512, 'must be at most 512 characters')), 'must be a list'),
    v.minLength(1, 'must not be empty'),
    v.title('list of text'),
    v.description(description),
  );
