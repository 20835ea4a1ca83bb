import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { terminalOf } from './terminal.ts';

const stream = (columns?: number): NodeJS.WriteStream =>
  Object.assign(new PassThrough(), columns === undefined ? {} : { columns }) as never;

describe('terminalOf', () => {
  it.each([
    [{ LANG: 'en_US.UTF-8' }, 'linux', true],
    [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, 'linux', false],
    [{ LC_ALL: '', LANG: 'C.utf8' }, 'linux', true],
    [{}, 'linux', false],
    [{}, 'win32', true],
  ])('with %o on %s shows block characters: %s', (env, platform, unicode) => {
    expect(terminalOf(stream(), env, platform).unicode).toBe(unicode);
  });

  it('is 80 columns wide unless it says otherwise, and never extremely', () => {
    expect([undefined, 100, 10, 500].map((columns) => terminalOf(stream(columns), {}, 'linux').columns)).toEqual([
      80, 100, 40, 120,
    ]);
  });
});
