import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FinishedLogRecord } from '../logs.ts';
import { logBuffer } from './log-buffer.ts';
import { type BufferedSpan, spanBuffer } from './span-buffer.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const spanOf = (name: string, over: Partial<BufferedSpan> & { readonly flags?: number } = {}): BufferedSpan => ({
  name,
  kind: 0,
  spanContext: () => ({ traceId: '1', spanId: '2', traceFlags: over.flags ?? 1 }),
  attributes: {},
  links: [],
  events: [],
  resource: {},
  instrumentationScope: { name: 's' },
  ...over,
});
const child = { parentSpanContext: {} };

const spans = () => {
  const batches: string[][] = [];
  const buffer = spanBuffer({ export: (batch) => batches.push(batch.map(({ name }) => name)) }, () => undefined);
  return { batches, buffer };
};

describe('spanBuffer', () => {
  it('writes what ended in this process in one batch, as soon as its first span has ended', () => {
    const { batches, buffer } = spans();
    for (const span of [spanOf('a', child), spanOf('b', child), spanOf('root')]) buffer.onEnd(span);
    buffer.onEnd(spanOf('behind a remote parent', { parentSpanContext: { isRemote: true } }));
    expect(batches).toEqual([['a', 'b', 'root'], ['behind a remote parent']]);
  });

  it('leaves out what is not sampled', () => {
    const { batches, buffer } = spans();
    buffer.onEnd(spanOf('a', { flags: 0 }));
    buffer.flush();
    expect(batches).toEqual([]);
  });

  it('waits for a root no longer than five seconds, or 512 spans', () => {
    const { batches, buffer } = spans();
    buffer.onEnd(spanOf('a', child));
    vi.advanceTimersByTime(4999);
    expect(batches).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(batches).toEqual([['a']]);
    for (let i = 0; i < 512; i++) buffer.onEnd(spanOf('b', child));
    expect(batches[1]).toHaveLength(512);
  });

  it('writes what it holds when it is flushed or shut down', async () => {
    const { batches, buffer } = spans();
    buffer.onStart();
    buffer.onEnd(spanOf('a', child));
    await buffer.forceFlush();
    buffer.onEnd(spanOf('b', child));
    await buffer.shutdown();
    expect(batches).toEqual([['a'], ['b']]);
  });
});

describe('logBuffer', () => {
  const record: FinishedLogRecord = { attributes: {}, resource: {}, instrumentationScope: { name: 's' } };
  const logs = () => {
    const batches: number[] = [];
    const buffer = logBuffer({ export: (batch) => batches.push(batch.length) }, () => undefined);
    return { batches, buffer };
  };

  it('writes in one batch what was said before the program waited for something', () => {
    const { batches, buffer } = logs();
    for (let i = 0; i < 3; i++) buffer.onEmit(record);
    expect(batches).toEqual([]);
    vi.runAllTimers();
    expect(batches).toEqual([3]);
  });

  it('writes at once when it is full, flushed or shut down', async () => {
    const { batches, buffer } = logs();
    for (let i = 0; i < 513; i++) buffer.onEmit(record);
    buffer.flush();
    buffer.onEmit(record);
    await buffer.forceFlush();
    buffer.onEmit(record);
    await buffer.shutdown();
    vi.runAllTimers();
    expect(batches).toEqual([512, 1, 1, 1]);
  });
});
