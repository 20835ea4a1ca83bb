import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { outputTo, whyLost } from './output.ts';

const failing = (code: string): Writable =>
  new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(`${code}: write`), { code })),
  });

it.each([
  ['a full disk', 'ENOSPC', 'ENOSPC: write'],
  ['a broken disk', 'EIO', 'EIO: write'],
  ['a reader that went away', 'EPIPE', undefined],
])('%s ends writing, and only what somebody misses is lost', async (_, code, why) => {
  const stream = failing(code);
  const output = outputTo(stream);
  expect(whyLost(stream)).toBeUndefined();
  await output.write('some');
  await output.write('more');
  expect(output.closed.aborted).toBe(true);
  expect(whyLost(stream)).toBe(why);
});
