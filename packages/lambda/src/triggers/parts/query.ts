import { type Fields, fieldsOf, MAX_TEXT } from './read.ts';

/** Parameters looked at; all of them would not fit an attribute. */
const MAX_PARAMETERS = 200;

const encoded = (text: string): string => new URLSearchParams([[text, '']]).toString().slice(0, -1);
const asIs = (text: string): string => text;

const valuesOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).slice(0, MAX_PARAMETERS).filter((one) => typeof one === 'string');

const queryOf = (parameters: Fields, encode: (text: string) => string): string => {
  const pairs: string[] = [];
  let length = 0;
  for (const name of Object.keys(parameters).slice(0, MAX_PARAMETERS)) {
    for (const value of valuesOf(parameters[name])) {
      if (length > MAX_TEXT) return pairs.join('&').slice(0, MAX_TEXT);
      const pair = `${encode(name.slice(0, MAX_TEXT))}=${encode(value.slice(0, MAX_TEXT))}`;
      pairs.push(pair);
      length += pair.length + 1;
    }
  }
  return pairs.join('&').slice(0, MAX_TEXT);
};

/** The query of an event that has its parameters decoded, those of several values first; `undefined` when it has none. */
export const queryOfDecoded = (...sources: readonly unknown[]): string | undefined => firstQuery(sources, encoded);

/** The query of an event whose parameters are as they were sent, as load balancers hand them on. */
export const queryOfRaw = (...sources: readonly unknown[]): string | undefined => firstQuery(sources, asIs);

const firstQuery = (sources: readonly unknown[], encode: (text: string) => string): string | undefined => {
  for (const source of sources) {
    const fields = fieldsOf(source);
    const query = fields === undefined ? '' : queryOf(fields, encode);
    if (query !== '') return query;
  }
  return undefined;
};
