import { gunzipSync } from 'node:zlib';
import { parseRequest, requestToJson, SIGNALS } from '@serverless-otlp/otlp';
import { sampleBytes } from '@serverless-otlp/testing';
import { describe, expect, it } from 'vitest';
import { type Body, type BodyFormat, bodyOf } from './body.ts';

const PROTO: BodyFormat = { encoding: 'proto', compression: 'gzip', gzipLevel: 1 };
const JSON_FORMAT: BodyFormat = { ...PROTO, encoding: 'json' };
const requestOf = (items: number, signal: (typeof SIGNALS)[number] = 'traces') =>
  parseRequest(signal, sampleBytes(signal, { items }));
const bytesOf = (body: Body): Uint8Array => {
  if ('tooLarge' in body) throw new Error(`too large: ${body.tooLarge}`);
  return body.bytes;
};

describe('the body of a request', () => {
  it('R4: is compressed once: destinations and tries of one format share it', () => {
    const request = requestOf(50);
    const first = bytesOf(bodyOf(request, PROTO, Infinity));
    expect(bytesOf(bodyOf(request, { ...PROTO }, Infinity))).toBe(first);
    const smaller = bytesOf(bodyOf(request, { ...PROTO, gzipLevel: 9 }, Infinity));
    expect(smaller).not.toBe(first);
    expect(smaller.length).toBeLessThan(first.length);
    expect(bytesOf(bodyOf(request, PROTO, Infinity))).toBe(first);
    expect(gunzipSync(first).equals(request.bytes)).toBe(true);
    expect(gunzipSync(smaller).equals(request.bytes)).toBe(true);
  });

  it.each(SIGNALS)('R4: of equal requests (%s) is byte-identical, so that a backend can tell a duplicate', (signal) => {
    const [a, b] = [requestOf(20, signal), requestOf(20, signal)].map((request) => [
      bytesOf(bodyOf(request, PROTO, Infinity)),
      bytesOf(bodyOf(request, JSON_FORMAT, Infinity)),
    ]);
    expect(a).toEqual(b);
    expect(a?.[0]).not.toBe(b?.[0]);
  });

  it('uncompressed is the request itself, not a copy', () => {
    const request = requestOf(5);
    expect(bytesOf(bodyOf(request, { ...PROTO, compression: 'none' }, Infinity))).toBe(request.bytes);
  });

  it('in JSON is the JSON, compressed or not', () => {
    const request = requestOf(5);
    const plain = bytesOf(bodyOf(request, { ...JSON_FORMAT, compression: 'none' }, Infinity));
    expect(Buffer.from(plain).toString()).toBe(requestToJson(request));
    expect(gunzipSync(bytesOf(bodyOf(request, JSON_FORMAT, Infinity))).equals(plain)).toBe(true);
  });

  it('of nothing is nothing, in a valid member of gzip', () => {
    const empty = parseRequest('traces', new Uint8Array(0));
    expect(gunzipSync(bytesOf(bodyOf(empty, PROTO, 0)))).toHaveLength(0);
    expect(bytesOf(bodyOf(empty, { ...PROTO, compression: 'none' }, 0))).toHaveLength(0);
  });

  it('is whole at every size of the window', () => {
    for (const items of [1, 2, 3, 5, 9, 30, 100, 120, 400]) {
      const request = requestOf(items);
      expect(gunzipSync(bytesOf(bodyOf(request, PROTO, Infinity))).equals(request.bytes)).toBe(true);
    }
  });

  it('R6: over the limit is none, whatever was made for somebody with a larger one', () => {
    const request = requestOf(30);
    const { length } = request.bytes;
    const inJson = Buffer.byteLength(requestToJson(request));
    for (let round = 0; round < 2; round++) {
      expect(bodyOf(request, PROTO, length)).toHaveProperty('bytes');
      expect(bodyOf(request, PROTO, length - 1)).toEqual({ tooLarge: length });
      expect(bodyOf(request, JSON_FORMAT, inJson)).toHaveProperty('bytes');
      expect(bodyOf(request, JSON_FORMAT, inJson - 1)).toEqual({ tooLarge: inJson });
    }
  });
});
