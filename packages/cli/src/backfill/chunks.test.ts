import { describe, expect, it } from 'vitest';
import { type Chunk, type ChunkLimits, chunksOf } from './chunks.ts';
import { createKnownIds } from './known-ids.ts';
import type { StoredLine } from './logs-api.ts';

const line = (id: string, timestamp = 5, message = 'm'): StoredLine => ({ id, logStream: 's', timestamp, message });
const LIMITS: ChunkLimits = { maxLines: 3, maxBytes: 1_000 };

const chunks = async (pages: readonly (readonly StoredLine[])[], limits = LIMITS): Promise<readonly Chunk[]> => {
  // eslint-disable-next-line @typescript-eslint/require-await -- pages come from a network
  async function* all(): AsyncGenerator<readonly StoredLine[], void> {
    yield* pages;
  }
  const found: Chunk[] = [];
  for await (const chunk of chunksOf(all(), { fromMs: 5, toMs: 10 }, limits, createKnownIds(100))) found.push(chunk);
  return found;
};
const ids = (found: readonly Chunk[]): readonly string[] =>
  found.map(({ lines }) => lines.map(({ id }) => id).join(''));

describe('chunks of a window', () => {
  it('D28: hold each line once, on whatever pages it comes', async () => {
    const found = await chunks([[line('a'), line('b'), line('a')], [line('b')], []], { ...LIMITS, maxLines: 9 });
    expect(ids(found)).toEqual(['ab']);
    expect(found[0]).toMatchObject({ last: true, bytes: 54, newestMs: 5 });
  });

  it('D28: leave lines of the next window to it, whether or not CloudWatch Logs includes the end', async () => {
    const found = await chunks([[line('a', 4), line('b', 5), line('c', 9), line('d', 10), line('e', 11)]]);
    expect(ids(found)).toEqual(['bc']);
    expect(found[0]?.newestMs).toBe(9);
  });

  it('D28: are cut between pages, and only when more comes', async () => {
    const page = [line('a'), line('b'), line('c')];
    expect((await chunks([page])).map(({ last }) => last)).toEqual([true]);
    const found = await chunks([page, [line('d')], page]);
    expect(ids(found)).toEqual(['abc', 'd']);
    expect(found.map(({ last }) => last)).toEqual([false, true]);
    expect(ids(await chunks([[line('a', 5, 'x'.repeat(999))], [line('b')]]))).toEqual(['a', 'b']);
  });

  it('D28: are one and empty when there is nothing', async () => {
    expect(await chunks([])).toEqual([{ lines: [], bytes: 0, last: true, newestMs: 5 }]);
  });
});

it('D28: ids are remembered within bounds, the oldest forgotten first', () => {
  const known = createKnownIds(2);
  expect(['a', 'a', 'b', 'a', 'c', 'b', 'a'].map((id) => known.add(id))).toEqual([
    true,
    false,
    true,
    false,
    true,
    false,
    true,
  ]);
});
