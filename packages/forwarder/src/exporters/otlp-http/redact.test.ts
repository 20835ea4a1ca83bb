import { describe, expect, it } from 'vitest';
import { redactor } from './redact.ts';

const redact = (text: string, headers: Readonly<Record<string, string>> = {}, ...urls: readonly string[]): string =>
  redactor(
    [headers],
    urls.map((url) => new URL(url)),
  )(text);

describe('D27: secrets are taken out of a text', () => {
  it('D27: the value of a header, and each of its words', () => {
    const headers = { authorization: 'Bearer abc.def-123', 'x-api-key': 'k3y-of-mine' };
    expect(redact('you sent Bearer abc.def-123!', headers)).toBe('you sent [redacted]!');
    expect(redact('token abc.def-123 is unknown', headers)).toBe('token [redacted] is unknown');
    expect(redact('k3y-of-mine, again k3y-of-mine', headers)).toBe('[redacted], again [redacted]');
  });

  it('D27: a header of several parts, and each part', () => {
    const headers = { 'x-scope': 'team=blue-team;key:s3cr3t,other' };
    expect(redact('s3cr3t of blue-team', headers)).toBe('[redacted] of [redacted]');
  });

  it('D27: of a signature of AWS its key and its signature; why it was refused stays readable', () => {
    const headers = {
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/eu-west-1/xray/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=0123456789abcdef',
      'x-amz-date': '20261121T120000Z',
      'x-amz-content-sha256': 'e3b0c442',
      'x-amz-security-token': 'FwoGZXIvYXdzEXAMPLE',
    };
    expect(redact('Signature expired: 20261121T120000Z is now earlier than 20261121T121500Z', headers)).toBe(
      'Signature expired: 20261121T120000Z is now earlier than 20261121T121500Z',
    );
    expect(redact('the host of AKIDEXAMPLE, FwoGZXIvYXdzEXAMPLE, 0123456789abcdef, e3b0c442', headers)).toBe(
      'the host of [redacted], [redacted], [redacted], e3b0c442',
    );
    expect(redact(`got ${headers.authorization}`, headers)).toBe('got [redacted]');
  });

  it('D27: user and password of a URL, as written and decoded', () => {
    const url = 'https://user:p%40ss%2Fword@collector.example/v1/traces';
    expect(redact('no entry for user with p@ss/word', {}, url)).toBe('no entry for [redacted] with [redacted]');
    expect(redact('at p%40ss%2Fword@collector.example', {}, url)).toBe('at [redacted]@collector.example');
  });

  it('D27: user and password of a URL, as Basic authentication sends them', () => {
    const url = 'https://user:p%40ss@collector.example';
    const sent = Buffer.from('user:p@ss').toString('base64');
    expect(redact(`authorization: Basic ${sent}`, {}, url)).toBe('authorization: Basic [redacted]');
  });

  it('D27: what a configured Basic authentication carries', () => {
    const headers = { authorization: `Basic ${Buffer.from('admin:hunter22').toString('base64')}` };
    expect(redact('admin has no password hunter22', headers)).toBe('[redacted] has no password [redacted]');
    expect(redact(`got ${headers.authorization}`, headers)).toBe('got [redacted]');
    expect(redact('admin:hunter22', headers)).toBe('[redacted]');
    const lower = { authorization: headers.authorization.replace('Basic', 'basic') };
    expect(redact('no password hunter22', lower)).toBe('no password [redacted]');
  });

  it('D27: the values of a query, as written and decoded; its names stay', () => {
    const url = 'https://collector.example/in?api_key=a%2Fb+c%3D&plain=value1';
    expect(redact('POST /in?api_key=a%2Fb+c%3D&plain=value1', {}, url)).toBe(
      'POST /in?api_key=[redacted]&plain=[redacted]',
    );
    expect(redact('api_key "a/b c=" is unknown', {}, url)).toBe('api_key "[redacted]" is unknown');
  });

  it('D27: a token in the path; its ordinary words stay', () => {
    const url = 'https://collectors.example/receiver/v1/otlp/ZaVnC4dhaV2ABCDEFGH==/v1/traces';
    expect(redact('no such path: /receiver/v1/otlp/ZaVnC4dhaV2ABCDEFGH==/v1/traces', {}, url)).toBe(
      'no such path: /receiver/v1/otlp/[redacted]/v1/traces',
    );
  });

  it('D27: a query that is nothing but a secret', () => {
    expect(redact('POST /in?t0k%2Fen', {}, 'https://collector.example/in?t0k%2Fen')).toBe('POST /in?[redacted]');
    expect(redact('t0k/en is unknown', {}, 'https://collector.example/in?t0k%2Fen')).toBe('[redacted] is unknown');
  });

  it('D27: percent-encoded echoes of a header', () => {
    expect(redact('key=a%2Fb%20c%2B', { 'x-api-key': 'a/b c+' })).toBe('key=[redacted]');
  });

  it('D27: whatever a server does to what it echoes: lower-case escapes, JSON in JSON, hex, base64 of more than it', () => {
    const key = 'k3y/with "quotes\\';
    const headers = { 'x-api-key': key };
    const percent = encodeURIComponent(key).toLowerCase();
    expect(redact(percent, headers)).toBe('[redacted]');
    expect(redact(key.toUpperCase(), headers)).toBe('[redacted]');
    expect(redact(JSON.stringify({ sent: JSON.stringify({ key }) }), headers)).not.toMatch(/k3y|quotes/);
    expect(redact(Buffer.from(key).toString('hex'), headers)).toBe('[redacted]');
    expect(redact(Buffer.from(key).toString('hex').toUpperCase(), headers)).toBe('[redacted]');
    for (const before of ['', 'x', 'xy', 'authorization: ']) {
      for (const after of ['', 'z', 'zz']) {
        for (const encoding of ['base64', 'base64url'] as const) {
          const text = redact(Buffer.from(before + key + after).toString(encoding), headers);
          expect(Buffer.from(text.replace('[redacted]', ''), encoding).toString('latin1')).not.toMatch(/k3y|with|quot/);
          expect(text).toContain('[redacted]');
        }
      }
    }
  });

  it('D27: the longest first, so that no end of a value stays behind', () => {
    expect(redact('secret-and-more', { a: 'secret', b: 'secret-and-more' })).toBe('[redacted]');
  });

  it('D27: secrets of every URL', () => {
    expect(redact('first1 second2', {}, 'https://u:first1@a.example', 'https://u:second2@b.example')).toBe(
      '[redacted] [redacted]',
    );
  });

  it('leaves ordinary words alone: what is shorter than four characters is none', () => {
    expect(redact('a request of the abc', { a: 'abc', b: 'a of the' })).toBe('a request of the abc');
    expect(redact('four', { a: 'four' })).toBe('[redacted]');
  });

  it('reads characters that mean something in a pattern as they are', () => {
    expect(redact('$& and (.*)+', { a: '(.*)+', b: '$&$&' })).toBe('$& and [redacted]');
  });

  it('does nothing without secrets, and does not stumble over malformed ones', () => {
    expect(redact('nothing to hide', {}, 'https://collector.example/v1/traces')).toBe('nothing to hide');
    expect(redact('100%zz', { a: '100%zz' }, 'https://u%zz:p@a.example/?%zz')).toBe('[redacted]');
  });
});
