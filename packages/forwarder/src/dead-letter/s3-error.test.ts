import { describe, expect, it } from 'vitest';
import { s3Error } from './s3-error.ts';
import { StoreError } from './store-error.ts';

describe('s3Error', () => {
  it.each([
    [{ code: 'ENOTFOUND' }, false, /cannot be reached.*\(ENOTFOUND\)$/],
    [{ code: 'EAI_AGAIN' }, false, /cannot be reached/],
    [{ code: 'ECONNRESET', name: 'TimeoutError' }, false, /cannot be reached/],
    [{ name: 'TimeoutError' }, false, /no answer in time.*\(TimeoutError\)$/],
    [{ code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' }, true, /not trusted; check the endpoint/],
    [{ code: 'SELF_SIGNED_CERT_IN_CHAIN' }, true, /not trusted/],
    [{ code: 'CERT_HAS_EXPIRED' }, true, /not trusted/],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, true, /not trusted/],
    [{ code: 'ERR_MODULE_NOT_FOUND' }, true, /SDK is not there/],
    [{ name: 'RequestTimeTooSkewed', $fault: 'client' }, false, /could not finish/],
    [
      { name: 'Strange', $fault: 'client', $metadata: { httpStatusCode: 418 } },
      true,
      /refuses.*\(Strange, status 418\)$/,
    ],
    [
      { name: 'Bad name\nof 3 lines', code: 'no code', $metadata: { httpStatusCode: 'x', requestId: '<b>' } },
      false,
      /check the endpoint$/,
    ],
  ])('says what %j means', (properties, permanent, message) => {
    const error = s3Error('s3://b', 'do it', Object.assign(new Error('secret'), properties));
    expect(error.permanent).toBe(permanent);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('secret');
    expect(error.cause).toBeUndefined();
  });

  it.each([[undefined], [null], ['text'], [{}], [[]], [Object.create(null)]])(
    'takes whatever was thrown: %j',
    (cause: unknown) => {
      expect(s3Error('s3://b', 'do it', cause).message).toBe(
        's3://b: cannot do it: the answer is none of S3; check the endpoint',
      );
    },
  );

  it('leaves a StoreError as it is', () => {
    const error = new StoreError('s: no', { permanent: true });
    expect(s3Error('s', 'write', error)).toBe(error);
  });
});
