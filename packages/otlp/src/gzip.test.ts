import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gunzipBounded } from './gzip.ts';
import { InvalidOtlpError } from './invalid-otlp-error.ts';

const MIB = 1024 * 1024;
const failure = (reason: string): unknown => expect.objectContaining({ name: 'InvalidOtlpError', reason });

it('gives back what was compressed, at any level', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), fc.integer({ min: 0, max: 9 }), (bytes, level) => {
      expect(Buffer.from(gunzipBounded(gzipSync(bytes, { level }), 5000))).toEqual(Buffer.from(bytes));
    }),
  );
});

it('reads all members', () => {
  const members = Buffer.concat([gzipSync('a'.repeat(1000)), gzipSync(''), gzipSync('bc')]);
  expect(Buffer.from(gunzipBounded(members, 2000)).toString()).toBe(`${'a'.repeat(1000)}bc`);
});

it('D17: takes exactly the bound and not a byte more', () => {
  const packed = gzipSync(Buffer.alloc(1000));
  expect(gunzipBounded(packed, 1000)).toHaveLength(1000);
  expect(() => gunzipBounded(packed, 999)).toThrow(failure('too_large'));
  expect(() => gunzipBounded(packed, 0)).toThrow(failure('too_large'));
});

it('D17: stops a bomb at the bound, whatever its trailer claims', () => {
  const bomb = gzipSync(Buffer.alloc(256 * MIB));
  const before = process.memoryUsage().rss;
  for (const claim of [256 * MIB, 0, 10, 0xffffffff]) {
    bomb.writeUInt32LE(claim, bomb.length - 4);
    expect(() => gunzipBounded(bomb, MIB)).toThrow(InvalidOtlpError);
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * MIB);
});

it('D17: does not keep the memory that a lie in a second trailer has claimed', () => {
  const lie = Buffer.concat([gzipSync('twelve bytes'), Buffer.from([0, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f])]);
  const plain = gunzipBounded(lie, 16 * MIB);
  expect(Buffer.from(plain).toString()).toBe('twelve bytes');
  expect(plain.buffer.byteLength).toBeLessThan(64 * 1024);
});

it('D18: a lie in the trailer, a changed checksum, a cut and a tail are all found', () => {
  const packed = gzipSync('some telemetry');
  const changed = (at: number): Buffer => {
    const copy = Buffer.from(packed);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  for (const at of [0, 1, 2, packed.length - 1, packed.length - 5, packed.length - 8]) {
    expect(() => gunzipBounded(changed(at), 1000)).toThrow(failure('gzip'));
  }
  for (let length = 0; length < packed.length; length++) {
    expect(() => gunzipBounded(packed.subarray(0, length), MIB)).toThrow(failure('gzip'));
  }
  expect(() => gunzipBounded(Buffer.concat([packed, Buffer.from('tail')]), 1000)).toThrow(failure('gzip'));
});
