import { describe, expect, it } from 'vitest';
import { untilAborted } from './until-aborted.ts';

const never = new Promise<never>(() => undefined);

describe('untilAborted', () => {
  it('settles as the work does', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(signal, Promise.resolve(1))).toBe(1);
    await expect(untilAborted(signal, Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  });

  it('rejects with the reason, before and while it works', async () => {
    await expect(untilAborted(AbortSignal.abort(), never)).rejects.toMatchObject({ name: 'AbortError' });
    await expect(untilAborted(AbortSignal.timeout(5), never)).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(untilAborted(AbortSignal.abort('a word'), never)).rejects.toThrow('aborted');
  });

  it('lets nothing fail unheard afterwards', async () => {
    const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('late')), 5));
    await expect(untilAborted(AbortSignal.abort(), late)).rejects.toThrow();
    const done = new AbortController();
    await untilAborted(done.signal, Promise.resolve());
    done.abort();
    await expect(late).rejects.toThrow('late');
  });
});
