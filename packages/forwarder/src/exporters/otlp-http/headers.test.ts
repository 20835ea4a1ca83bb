import { describe, expect, it } from 'vitest';
import { configuredHeaders, routingHeaders } from './headers.ts';

describe('configured headers', () => {
  it('are sent with names in lower case', () => {
    expect(configuredHeaders({ 'X-Api-Key': 'Key', Authorization: 'Bearer x' })).toMatchObject({
      'x-api-key': 'Key',
      authorization: 'Bearer x',
    });
  });

  it('R10: the exporter names its language and version; a configured product is put before that', () => {
    const own = /^serverless-otlp-forwarder\/\d+\.\d+\.\d+\S* OTel-OTLP-Exporter-JavaScript\/\d+\.\d+\.\d+\S*$/;
    expect(configuredHeaders({})['user-agent']).toMatch(own);
    const custom = configuredHeaders({ 'User-Agent': 'shop/2.1' })['user-agent'] ?? '';
    expect(custom.startsWith('shop/2.1 ')).toBe(true);
    expect(custom.slice('shop/2.1 '.length)).toMatch(own);
  });

  it.each(['Content-Type', 'content-encoding', 'Content-Length', 'transfer-encoding'])(
    'R4: %s describes the body and is not configurable',
    (name) => {
      expect(Object.keys(configuredHeaders({ [name]: 'gzip' }))).toEqual(['user-agent']);
    },
  );

  it.each([
    ['a space in a name', { 'x api': 'hidden-value' }],
    ['an empty name', { '': 'hidden-value' }],
    ['a line feed', { 'x-a': 'hidden-value\nx-b: 1' }],
    ['a carriage return', { 'x-a': 'hidden-value\r\n\r\nPOST /' }],
    ['a null', { 'x-a': 'hidden-value\0' }],
    ['a character beyond Latin-1', { 'x-a': 'hidden-value ☃' }],
  ])('D27: %s is refused, and the value is not repeated', (_, headers) => {
    expect(() => configuredHeaders(headers)).toThrow(TypeError);
    expect(() => configuredHeaders(headers)).toThrow(expect.not.stringContaining('hidden-value') as Error);
  });
});

describe('headers from envelopes', () => {
  it('are sent when they are metadata that says so', () => {
    expect(routingHeaders({ 'header.x-tenant': 'blue', log_group: '/aws/lambda/f', 'headers.x': '1' })).toEqual({
      'x-tenant': 'blue',
    });
  });

  it.each([
    'authorization',
    'Authorization',
    'proxy-authorization',
    'cookie',
    'host',
    'connection',
    'content-length',
    'Content-Encoding',
    'content-type',
    'transfer-encoding',
    'te',
    'trailer',
    'upgrade',
    'keep-alive',
    'expect',
    'user-agent',
    'accept-encoding',
  ])('never set %s', (name) => {
    expect(routingHeaders({ [`header.${name}`]: 'x' })).toEqual({});
  });

  it.each([
    ['a line break in a value', 'header.x-tenant', 'blue\r\nauthorization: Bearer mine'],
    ['a line feed in a value', 'header.x-tenant', 'blue\nx: y'],
    ['a null in a value', 'header.x-tenant', 'bl\0ue'],
    ['a character beyond Latin-1', 'header.x-tenant', 'bl☃e'],
    ['a line break in a name', 'header.x-a\r\nauthorization', 'x'],
    ['a space in a name', 'header.x a', 'x'],
    ['a colon in a name', 'header.x:a', 'x'],
    ['no name', 'header.', 'x'],
  ])('leave out %s, and keep the others', (_, key, value) => {
    expect(routingHeaders({ [key]: value, 'header.x-other': 'kept' })).toEqual({ 'x-other': 'kept' });
  });

  it('do not reach a prototype', () => {
    const headers = routingHeaders({ ['header.__proto__']: 'x', 'header.constructor': 'y' });
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
    expect(Object.hasOwn({}, 'x')).toBe(false);
  });
});
