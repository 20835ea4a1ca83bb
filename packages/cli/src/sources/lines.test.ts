import fc from 'fast-check';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { linesOf, textOfLine, type Line } from './lines.ts';

const all = async <T>(source: AsyncIterable<T>): Promise<readonly T[]> => {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
};

const read = async (chunks: readonly Uint8Array[], maxBytes = 1000): Promise<readonly Line[]> =>
  (await all(linesOf(Readable.from(chunks, { objectMode: true }), maxBytes))).flat();

describe('linesOf', () => {
  it('cuts at line feeds, across chunks, and keeps an unfinished last line', async () => {
    const lines = await read([Buffer.from('a\nb'), Buffer.from('c\r\n'), Buffer.from('\nd')]);
    expect(lines.map((line) => [line.number, textOfLine(line)])).toEqual([
      [1, 'a'],
      [2, 'bc'],
      [3, ''],
      [4, 'd'],
    ]);
  });

  it('splits a line over the limit into fragments of one number', async () => {
    const lines = await read([Buffer.from(`${'x'.repeat(25)}\ny\n`)], 10);
    expect(lines.map(({ number, fragment, raw }) => [number, fragment, raw.length])).toEqual([
      [1, 0, 10],
      [1, 1, 10],
      [1, 2, 6],
      [2, 0, 2],
    ]);
  });

  it('loses no byte, whatever the bytes and chunks are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 30 })),
        fc.integer({ min: 1, max: 12 }),
        async (chunks, maxBytes) => {
          const lines = await read(chunks, maxBytes);
          expect(Buffer.concat(lines.map(({ raw }) => raw))).toEqual(Buffer.concat(chunks));
          for (const { raw } of lines) expect(raw.subarray(0, -1).includes(0x0a) || raw.length > maxBytes).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });
});
