import { isKey } from './store-key.ts';

/** What stands before every key of a store: nothing, or a prefix and a slash. */
export const baseOf = (prefix: string | undefined): string => {
  const trimmed = (prefix ?? '').replace(/^\/+|\/+$/g, '');
  return trimmed === '' ? '' : `${trimmed}/`;
};

/** Keys come in the encoding of forms, because XML cannot write all of them. */
const decoded = (text: string, encoding: string | undefined): string | undefined => {
  if (encoding !== 'url') return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
};

/**
 * A key in an answer, without the base; `undefined` for what no store has written, such as the "folders" that the console makes, and
 * for what was not asked for.
 */
export const ownKey = (
  text: string | undefined,
  encoding: string | undefined,
  base: string,
  prefix: string,
): string | undefined => {
  const key = text === undefined ? undefined : decoded(text, encoding);
  return key?.startsWith(base + prefix) === true && isKey(key) ? key.slice(base.length) : undefined;
};

/** The segment that an answer says has keys below it; `undefined` as above. */
export const ownFolder = (
  text: string | undefined,
  encoding: string | undefined,
  base: string,
  prefix: string,
): string | undefined => {
  const key = text?.endsWith('/') === true ? ownKey(`${text}x`, encoding, base, prefix) : undefined;
  const folder = key?.slice(prefix.length, -'/x'.length);
  return folder === '' ? undefined : folder;
};
