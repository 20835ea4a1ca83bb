import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { isAgreed } from './agree.ts';

const ask = async (answer: string | undefined, signal = new AbortController().signal) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const agreed = isAgreed('Really? [y/N] ', signal, { input, output });
  if (answer === undefined) input.end();
  else input.write(answer);
  const result = await agreed;
  return { result, asked: String(output.read()) };
};

describe('isAgreed', () => {
  it.each([
    ['y\n', true],
    [' YES \n', true],
    ['n\n', false],
    ['\n', false],
    ['yesterday\n', false],
    [undefined, false],
  ])('takes %j for %s', async (answer, agreed) => {
    expect(await ask(answer)).toEqual({ result: agreed, asked: 'Really? [y/N] ' });
  });

  it('takes an interruption for no', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 10);
    expect((await ask('', stop.signal)).result).toBe(false);
  });
});
