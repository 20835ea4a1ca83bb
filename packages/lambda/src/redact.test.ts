import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactor } from './redact.ts';

const redact = redactor();
const query = (text: string): unknown => redact({ 'url.query': text })['url.query'];

describe('redactor', () => {
  it('takes the values of secret parameters out of a query and leaves names, order and the others', () => {
    expect(query('a=1&access_token=abc&b=&token&c=x=y')).toBe('a=1&access_token=REDACTED&b=&token&c=x=y');
  });

  it.each([
    ...['X-Amz-Signature', 'X-Amz-Credential', 'X-Amz-Security-Token', 'AWSAccessKeyId', 'Signature', 'sig'],
    ...['X-Goog-Signature', 'client_secret', 'id_token', 'api-key', 'apikey', 'PASSWORD', 'code', 'user[password]'],
  ])('knows %s as a secret', (name) => {
    expect(query(`${name}=hush&page=2`)).toBe(`${name}=REDACTED&page=2`);
  });

  it('is not fooled by a name in percent encoding, nor stopped by one that is none', () => {
    expect(query('%74oken=hush&%zz=1')).toBe('%74oken=REDACTED&%zz=1');
  });

  it('leaves innocent parameters alone', () => {
    const innocent = 'design=1&author=x&keyword=y&monkey=2&postcode=4&sort=asc';
    expect(query(innocent)).toBe(innocent);
  });

  it('takes user, password and secret parameters out of a URL', () => {
    expect(redact({ 'url.full': 'https://me:hush@example.com/a?sig=hush&b=1#top?sig=kept' })['url.full']).toBe(
      'https://REDACTED:REDACTED@example.com/a?sig=REDACTED&b=1#top?sig=kept',
    );
    expect(redact({ 'http.target': '/a?token=hush' })['http.target']).toBe('/a?token=REDACTED');
    expect(redact({ 'url.full': 'https://example.com/@me?a=1' })['url.full']).toBe('https://example.com/@me?a=1');
  });

  it('blanks headers with credentials and cookies, and no other header', () => {
    expect(
      redact({
        'http.request.header.authorization': ['Bearer hush'],
        'http.request.header.x-api-key': ['hush'],
        'http.request.header.cookie': ['a=hush'],
        'http.request.header.x-amz-security-token': 'hush',
        'http.response.header.set-cookie': ['a=hush', 'b=hush'],
        'http.request.header.accept': ['*/*'],
      }),
    ).toEqual({
      'http.request.header.authorization': ['REDACTED'],
      'http.request.header.x-api-key': ['REDACTED'],
      'http.request.header.cookie': ['REDACTED'],
      'http.request.header.x-amz-security-token': 'REDACTED',
      'http.response.header.set-cookie': ['REDACTED', 'REDACTED'],
      'http.request.header.accept': ['*/*'],
    });
  });

  it('takes out what the user names as well', () => {
    const more = redactor({ names: ['Voucher-Id'], attributes: ['enduser.id'] });
    expect(
      more({ 'url.query': 'voucher_id=7&sig=8', 'enduser.id': 'me', 'http.request.header.voucher-id': 'v' }),
    ).toEqual({
      'url.query': 'voucher_id=REDACTED&sig=REDACTED',
      'enduser.id': 'REDACTED',
      'http.request.header.voucher-id': 'REDACTED',
    });
  });

  it('takes out what the user names whatever its type', () => {
    expect(redactor({ attributes: ['a', 'b'] })({ a: 7, b: [true], c: 1 })).toEqual({
      a: 'REDACTED',
      b: 'REDACTED',
      c: 1,
    });
  });

  it('blanks credentials in metadata of calls, and reads the URLs in headers', () => {
    expect(
      redact({
        'rpc.grpc.request.metadata.authorization': ['Bearer hush'],
        'rpc.request.metadata.x-api-key': ['hush'],
        'rpc.request.metadata.x-tenant': ['a'],
        'http.request.header.referer': ['https://example.com/?token=hush&a=1'],
        'http.response.header.location': ['/next?code=hush'],
        'db.connection_string': 'postgres://me:hush@db/shop',
      }),
    ).toEqual({
      'rpc.grpc.request.metadata.authorization': ['REDACTED'],
      'rpc.request.metadata.x-api-key': ['REDACTED'],
      'rpc.request.metadata.x-tenant': ['a'],
      'http.request.header.referer': ['https://example.com/?token=REDACTED&a=1'],
      'http.response.header.location': ['/next?code=REDACTED'],
      'db.connection_string': 'postgres://REDACTED:REDACTED@db/shop',
    });
  });

  it('gives the same object when there is nothing to take out, so that nothing is copied', () => {
    const attributes = { 'url.full': 'https://example.com/?a=1', 'http.request.header.referer': ['/b?c=1'], n: 1 };
    expect(redact(attributes)).toBe(attributes);
    const once = redact({ 'url.query': 'token=hush' });
    expect(redact(once)).toBe(once);
  });

  it('is done with hostile values in time, and asks them nothing', () => {
    const circular: unknown[] = [];
    circular.push(circular);
    const asked = {
      get toString(): never {
        throw new Error('asked');
      },
    };
    const many = `${'a@'.repeat(200_000)}?${'token=hush&'.repeat(50_000)}`;
    const hostile = {
      'url.full': `https://${many}`,
      'url.query': circular,
      'http.target': asked,
      'http.request.header.authorization': [asked, 'hush', null],
      'http.request.header.%E0%A4%A': 'x',
      [`http.request.header.${'token'.repeat(1000)}`]: 'hush',
      __proto__: null,
    } as never;
    const redacted = redact(hostile) as Readonly<Record<string, unknown>>;
    expect(redacted['url.full']).not.toContain('hush');
    expect(redacted['url.query']).toBe(circular);
    expect(redacted['http.target']).toBe(asked);
    const [first, ...others] = redacted['http.request.header.authorization'] as unknown[];
    expect(first).toBe(asked);
    expect(others).toEqual(['REDACTED', null]);
    expect(redacted[`http.request.header.${'token'.repeat(1000)}`]).toBe('REDACTED');
  });

  it('remembers a bounded number of names, and forgets no secret for it', () => {
    const fresh = redactor();
    for (let i = 0; i < 3000; i++) fresh({ [`a${i}`]: 1, 'url.query': `p${i}=1` });
    expect(fresh({ 'http.request.header.cookie': 'hush', 'url.query': 'p=1&token=hush' })).toEqual({
      'http.request.header.cookie': 'REDACTED',
      'url.query': 'p=1&token=REDACTED',
    });
  });

  it('can be switched off', () => {
    expect(redactor(false)({ 'url.query': 'token=hush' })).toEqual({ 'url.query': 'token=hush' });
  });

  it('changes nothing it is given', () => {
    const attributes = { 'url.query': 'token=hush' };
    redact(attributes);
    expect(attributes).toEqual({ 'url.query': 'token=hush' });
  });

  it('never throws, and never lets the value of a secret parameter through', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const found = query(`${before}&access_token=hush7hush&${after}`);
        expect(found).not.toContain('hush7hush');
      }),
    );
  });
});
