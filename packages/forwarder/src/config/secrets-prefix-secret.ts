import { httpUrl } from '../http/http-url.ts';
import { isHeader } from './headers.ts';
import type { Found } from './values/source.ts';

/** How the reference's `auth` is done here. */
export type SecretAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'sigv4' }
  | { readonly kind: 'header'; readonly name: string; readonly value: string };

/** A secret `{name, endpoint, auth, exclude, disabled}` of the reference, read. */
export interface SecretSettings {
  readonly endpoint: URL;
  readonly auth: SecretAuth;
}

/** What a secret says. `exclude` is told whatever else is wrong with it. */
export type ReadSecret =
  | { readonly disabled: true }
  | { readonly settings: SecretSettings; readonly exclude: string | undefined; readonly warnings: readonly string[] }
  | { readonly problem: string; readonly exclude: string | undefined };

/** Why a secret is no destination. Without a word of the secret. */
class SecretError extends Error {
  override readonly name = 'SecretError';
}

const refuse = (message: string): never => {
  throw new SecretError(message);
};

const fieldsOf = (text: string): Readonly<Record<string, unknown>> => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return refuse('is not JSON');
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
    return parsed as Readonly<Record<string, unknown>>;
  return refuse('is not a JSON object with endpoint and auth');
};

/** A mistake here must not make a destination of what is switched off. */
const isDisabled = ({ disabled = false }: Readonly<Record<string, unknown>>): boolean => {
  const text = typeof disabled === 'boolean' ? String(disabled) : disabled;
  const told = typeof text === 'string' ? text.trim().toLowerCase() : '';
  return told === 'true' || (told !== 'false' && refuse('has a "disabled" that is neither true nor false'));
};

const endpointOf = ({ endpoint }: Readonly<Record<string, unknown>>): URL =>
  (typeof endpoint === 'string' ? httpUrl(endpoint.trim()) : undefined) ??
  refuse('has no "endpoint" that is an http:// or https:// URL');

const NO_AUTH: ReadonlySet<string> = new Set(['', 'none']);
const SIGV4: ReadonlySet<string> = new Set(['sigv4', 'iam']);

const authOf = ({ auth }: Readonly<Record<string, unknown>>): SecretAuth => {
  if (auth === undefined || auth === null) return { kind: 'none' };
  if (typeof auth !== 'string') return refuse('has an "auth" that is not text');
  const known = auth.trim().toLowerCase();
  if (NO_AUTH.has(known)) return { kind: 'none' };
  if (SIGV4.has(known)) return { kind: 'sigv4' };
  const equals = auth.indexOf('=');
  const [name, value] = [auth.slice(0, Math.max(0, equals)).trim().toLowerCase(), auth.slice(equals + 1).trim()];
  if (name !== '' && value !== '' && isHeader(name, value)) return { kind: 'header', name, value };
  return refuse('has an "auth" that is none of header=value, sigv4, iam and none');
};

/** `undefined` is no exclusion. What is not text cannot be obeyed. */
const excludeOf = ({ exclude }: Readonly<Record<string, unknown>>): string | undefined => {
  if (exclude === undefined || exclude === null) return undefined;
  return typeof exclude === 'string' ? exclude : UNREADABLE;
};

/** No regular expression. */
const UNREADABLE = '(';

const attempt = (fields: Readonly<Record<string, unknown>>): ReadSecret => {
  const exclude = excludeOf(fields);
  try {
    if (isDisabled(fields)) return { disabled: true };
    const settings = { endpoint: endpointOf(fields), auth: authOf(fields) };
    const { auth } = settings;
    const several = auth.kind === 'header' && /,[\w-]+=/.test(auth.value);
    const warnings = several ? ['has an "auth" that looks like several headers; it is sent as one, as it was'] : [];
    return { settings, exclude, warnings };
  } catch (error) {
    if (error instanceof SecretError) return { problem: error.message, exclude };
    throw error;
  }
};

/** Reads one secret. What is wrong is told without a word of the secret. */
export const readSecret = (found: Found): ReadSecret => {
  if ('problem' in found) return { problem: found.problem, exclude: undefined };
  try {
    return attempt(fieldsOf(found.value));
  } catch (error) {
    if (error instanceof SecretError) return { problem: error.message, exclude: undefined };
    throw error;
  }
};
