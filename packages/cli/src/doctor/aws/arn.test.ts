import { expect, it } from 'vitest';
import { accountIn, regionIn, shortName } from './arn.ts';

it.each([
  ['forwarder', undefined, undefined],
  ['forwarder:live', undefined, undefined],
  ['123456789012:function:forwarder', '123456789012', undefined],
  ['arn:aws:lambda:eu-north-1:123456789012:function:forwarder', '123456789012', 'eu-north-1'],
  ['arn:aws-cn:lambda:cn-north-1:123456789012:function:forwarder:42', '123456789012', 'cn-north-1'],
])('%s', (name, account, region) => {
  expect([accountIn(name), regionIn(name), shortName(name)]).toEqual([account, region, 'forwarder']);
});

it('the ARN of a stack has a Region, too', () => {
  expect(regionIn('arn:aws:cloudformation:eu-north-1:123456789012:stack/forwarder/1')).toBe('eu-north-1');
});
