import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { eventsOf } from './events.ts';
import { linesOf } from './lines.ts';

const all = async <T>(source: AsyncIterable<T>): Promise<readonly T[]> => {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
};

const read = (text: string): Promise<readonly unknown[]> =>
  all(eventsOf(linesOf(Readable.from([Buffer.from(text)]), 1000)));

describe('eventsOf', () => {
  it('reads one document over several lines', async () => {
    expect(await read('\n{\n "a": 1\n}\n')).toEqual([{ line: 2, event: { a: 1 } }]);
  });

  it('reads one document per line, a broken one by itself', async () => {
    expect(await read('{"a":1}\n\n{"a":\n{"a":2}')).toEqual([
      { line: 1, event: { a: 1 } },
      { line: 3, problem: 'this is not JSON' },
      { line: 4, event: { a: 2 } },
    ]);
  });

  it('reads an array of events', async () => {
    expect(await read('[{"a":1},\n{"a":2}]')).toEqual([
      { line: 1, event: { a: 1 } },
      { line: 1, event: { a: 2 } },
    ]);
  });

  it('says what is no JSON, without repeating it', async () => {
    expect(await read('secret\nsecret')).toEqual([{ line: 1, problem: 'this is not JSON' }]);
  });
});
