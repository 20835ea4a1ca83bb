import { expect, it } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { logGroupOf } from './log-group.ts';

it('D28: takes a log group by name or ARN; the ARN tells account and Region', () => {
  expect(logGroupOf('/aws/lambda/a.b_c-d#1')).toEqual({
    identifier: '/aws/lambda/a.b_c-d#1',
    name: '/aws/lambda/a.b_c-d#1',
  });
  const arn = 'arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:/aws/lambda/app';
  const expected = { identifier: arn, name: '/aws/lambda/app', owner: '123456789012', region: 'us-gov-west-1' };
  expect(logGroupOf(arn)).toEqual(expected);
  expect(logGroupOf(`${arn}:*`)).toEqual(expected);
});

it.each([
  '',
  'a b',
  '/aws/lambda/*',
  'arn:aws:s3:::bucket',
  'arn:aws:logs:eu-central-1:1:log-group:x',
  'a'.repeat(513),
])('D28: refuses %j as a log group', (text) => {
  expect(() => logGroupOf(text)).toThrow(UsageError);
});
