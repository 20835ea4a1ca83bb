import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeBase64 } from './base64.ts';

it('D18: decodes what an encoder wrote', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(Buffer.from(decodeBase64(Buffer.from(bytes).toString('base64')))).toEqual(Buffer.from(bytes));
    }),
  );
});

it.each([
  '@@@@',
  'AAA',
  'AAAA=',
  'AA=A',
  '=AAA',
  'AAAA\n',
  'AA AA',
  ' AAAA',
  'AAA-',
  'AAA_',
  'AAAé',
  'AAAAA===',
  '====',
  'A===',
  '\u0000AAA',
  'AAA\u2028',
  'QUJD\u0100',
])('D18: refuses %j, which Node would decode to something shorter', (text) => {
  expect(() => decodeBase64(text)).toThrow(expect.objectContaining({ reason: 'base64' }));
});

it('D18: one wrong character anywhere is found', () => {
  const text = Buffer.alloc(300, 7).toString('base64');
  fc.assert(
    fc.property(
      fc.nat({ max: text.length - 1 }),
      fc.constantFrom('*', '=', ' ', '-', '_', '\n', '\u0141', '.'),
      (at, wrong) => {
        fc.pre(wrong !== '=' || at < text.length - 1); // at the end it is padding
        expect(() => decodeBase64(text.slice(0, at) + wrong + text.slice(at + 1))).toThrow('not valid base64');
      },
    ),
  );
});

it('empty text is no bytes', () => {
  expect(decodeBase64('')).toHaveLength(0);
});
