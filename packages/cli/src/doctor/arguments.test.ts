import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { type DoctorOptions, targetOf } from './arguments.ts';

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:f';

describe('targetOf', () => {
  it.each<readonly [DoctorOptions, string]>([
    [{ stack: '' }, '--stack is empty'],
    [{ function: '' }, '--function is empty'],
    [{ function: 'f', logGroup: ['/a', ''] }, '--log-group is empty'],
    [{ function: 'f', producer: [''] }, '--producer is empty'],
    [{ function: 'f', redriveFunction: '' }, '--redrive-function is empty'],
    [{ function: ARN, region: 'eu-central-1' }, 'the ARN is of us-east-1: leave out --region'],
    [{ stack: 'arn:aws:cloudformation:us-east-1:123456789012:stack/s/1', region: 'eu-north-1' }, 'is of us-east-1'],
    [{ config: tmpdir() }, 'that is no file'],
    [{ config: 'package.json/x' }, 'there is no such file'],
    [{ config: 'a'.repeat(5_000) }, 'ENAMETOOLONG'],
    [{ config: 'a\0b' }, 'ERR_INVALID_ARG_VALUE'],
  ])('%j: %s', (options, message) => {
    expect(() => targetOf(options)).toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.stringContaining(message) as string }),
    );
  });

  it('shows no path as it is', () => {
    expect(() => targetOf({ config: `\u{1b}[31m${'a'.repeat(5_000)}` })).toThrow(/^cannot read "\\x1b\[31ma{195}":/);
  });

  it('takes the ARN of a function or stack, in its own Region too', () => {
    expect(targetOf({ function: ARN, region: 'us-east-1' })).toEqual({ kind: 'function', name: ARN });
  });
});
