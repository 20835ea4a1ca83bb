import { describe, expect, it } from 'vitest';
import { readBody } from './s3-body.ts';

const MIB = 1024 * 1024;
const chunk = new Uint8Array(MIB);

describe('readBody', () => {
  const source = (
    chunks: number,
  ): { readonly body: AsyncGenerator<Uint8Array>; readonly state: { read: number; ended: boolean } } => {
    const state = { read: 0, ended: false };
    const body = (async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (; state.read < chunks;) {
          state.read += 1;
          yield await Promise.resolve(chunk);
        }
      } finally {
        state.ended = true;
      }
    })();
    return { body, state };
  };

  it('reads 64 MiB', async () => {
    const { body } = source(64);
    expect(await readBody('s', body, 64 * MIB)).toHaveLength(64 * MIB);
  });

  it('reads nothing of what says that it is larger', async () => {
    const { body, state } = source(1);
    await expect(readBody('s', body, 64 * MIB + 1)).rejects.toMatchObject({ name: 'StoreError', permanent: true });
    expect(state.read).toBe(0);
  });

  it('ends what turns out to be larger', async () => {
    const { body, state } = source(1000);
    await expect(readBody('s', body, undefined)).rejects.toMatchObject({ name: 'StoreError', permanent: true });
    expect(state).toEqual({ read: 65, ended: true });
  });
});
