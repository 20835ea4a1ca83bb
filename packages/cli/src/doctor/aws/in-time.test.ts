import { expect, it } from 'vitest';
import { NO_TIME } from '../reason.ts';
import type { Aws } from './calls.ts';
import { inTime } from './in-time.ts';

const asked: string[] = [];
const never: Aws = (action) => {
  asked.push(action);
  return new Promise(() => undefined);
};

it('a call that knows nothing of the signal ends with it, and none is made after that', async () => {
  const controller = new AbortController();
  const aws = inTime(never, controller.signal);
  const calling = aws('sts:GetCallerIdentity', {});
  controller.abort();
  await expect(calling).rejects.toThrow(NO_TIME);
  await expect(aws('lambda:GetPolicy', { FunctionName: 'f' })).rejects.toThrow(NO_TIME);
  expect(asked).toEqual(['sts:GetCallerIdentity']);
});

it('what comes in time is passed on', async () => {
  const { signal } = new AbortController();
  const answering: Aws = () => Promise.resolve({ Account: '1' } as never);
  const failing: Aws = () => Promise.reject(new Error('no'));
  expect(await inTime(answering, signal)('sts:GetCallerIdentity', {})).toEqual({ Account: '1' });
  await expect(inTime(failing, signal)('sts:GetCallerIdentity', {})).rejects.toThrow('no');
});
