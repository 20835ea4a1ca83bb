import type { HttpAnswer } from './transport.ts';

/** No connection, or one that closed without an answer (C9, C10); everything else at this level is configuration. */
const RETRYABLE_CODES: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
]);

/** What to do about a certificate or a handshake, by how OpenSSL's and Node's codes begin. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/, 'trust who issued it with tls.ca_file or tls.ca_pem'],
  [/^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/, 'the server needs another one'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'the endpoint must be called by a name that its certificate holds'],
  [
    /CERTIFICATE_REQUIRED$/,
    'the server wants a client certificate: set tls.cert_file and tls.key_file, or their _pem forms',
  ],
  [
    /_ALERT_(?:UNKNOWN_CA|(?:BAD|UNSUPPORTED|UNKNOWN)_?CERTIFICATE|CERTIFICATE_\w+|ACCESS_DENIED)/,
    'the server refuses the client certificate; check tls.cert_* and tls.key_*',
  ],
  [/_HANDSHAKE_FAILURE$/, 'the server may want a client certificate, or speak an old TLS only'],
];

/** Some codes say less than the words of OpenSSL, which stand between its place and that of its source. */
const WORDS = /SSL routines:[^:]*:([^:]+):/;

const detailsOf = (code: string, message: string): readonly [string, string] => {
  const [, words] = WORDS.exec(message) ?? [];
  // Node's advice about its command line helps nobody in Lambda.
  if (words === undefined) return [code, message.replace(/; if the root CA .*$/, '')];
  return [`${code}_${words.toUpperCase().replaceAll(/\W/g, '_')}`, words];
};

const REFUSED_QUIETLY = 'a server that refuses the client certificate may do that: check tls.cert_* and tls.key_*';

/**
 * What an error of Node's means: try again, or look at the configuration.
 *
 * @param isIdentified whether a client certificate was offered.
 */
export const failureOf = (error: Error, isIdentified: boolean = false): HttpAnswer => {
  // Happy Eyeballs wraps one error per address.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const { code = error.name, message }: NodeJS.ErrnoException = first instanceof Error ? first : error;
  const [known, words] = detailsOf(code, message);
  const isReset = code === 'ECONNRESET' || code === 'EPIPE';
  const remedy = isReset && isIdentified ? REFUSED_QUIETLY : REMEDIES.find(([pattern]) => pattern.test(known))?.[1];
  return {
    failure: RETRYABLE_CODES.has(code) ? 'retryable' : 'permanent',
    message: `${code} (${words})${remedy === undefined ? '' : `; ${remedy}`}`,
  };
};
