import { describe, expect, it } from 'vitest';
import { failureOf } from './failure.ts';

const errorOf = (code: string, message: string): Error => Object.assign(new Error(message), { code });
const ofOpenSsl = (words: string): string =>
  `40DD:error:0A000410:SSL routines:ssl3_read_bytes:${words}:../deps/x.c:918:SSL alert\n`;

describe('failureOf', () => {
  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed', '(self-signed); trust who issued it with tls.ca_file or tls.ca_pem'],
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'a; if the root CA is b',
      '(a); trust who issued it with tls.ca_file or tls.ca_pem',
    ],
    ['CERT_NOT_YET_VALID', 'not yet', '(not yet); the server needs another one'],
    [
      'EPROTO',
      ofOpenSsl('tlsv1 alert unknown ca'),
      '(tlsv1 alert unknown ca); the server refuses the client certificate; check tls.cert_* and tls.key_*',
    ],
    [
      'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
      ofOpenSsl('ssl/tls alert bad certificate'),
      '(ssl/tls alert bad certificate); the server refuses the client certificate; check tls.cert_* and tls.key_*',
    ],
    ['EPROTO', ofOpenSsl('wrong version number'), '(wrong version number)'],
    ['ERR_INVALID_CHAR', 'invalid', '(invalid)'],
  ])('says of %s what to do', (code, message, told) => {
    expect(failureOf(errorOf(code, message))).toEqual({ failure: 'permanent', message: `${code} ${told}` });
  });

  it('thinks of the client certificate when a connection is reset, where there is one', () => {
    const reset = errorOf('ECONNRESET', 'socket hang up');
    const message = 'ECONNRESET (socket hang up)';
    expect(failureOf(reset)).toEqual({ failure: 'retryable', message });
    expect(failureOf(reset, true)).toEqual({
      failure: 'retryable',
      message: `${message}; a server that refuses the client certificate may do that: check tls.cert_* and tls.key_*`,
    });
    expect(failureOf(errorOf('ECONNREFUSED', 'no'), true)).toEqual({
      failure: 'retryable',
      message: 'ECONNREFUSED (no)',
    });
  });
});
