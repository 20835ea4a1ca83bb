import { describe, expect, it } from 'vitest';
import type { Aws } from '../aws/calls.ts';
import { named } from '../aws/named.ts';
import { functionsOfStack } from './stack.ts';

const FUNCTIONS: Readonly<Record<string, object>> = {
  other: { FunctionName: 'other', Handler: 'index.handler' },
  'stack-Forwarder-1': {
    FunctionName: 'stack-Forwarder-1',
    Handler: 'index.handler',
    Environment: { Variables: { OTLP_FORWARDER_DEAD_LETTER: 's3://letters' } },
  },
  hidden: { FunctionName: 'hidden', Handler: 'index.handler', Environment: { Error: { ErrorCode: 'AccessDenied' } } },
  'stack-Redrive-1': {
    FunctionName: 'stack-Redrive-1',
    Handler: 'index.redrive',
    Environment: { Variables: { OTLP_FORWARDER_DEAD_LETTER: 's3://letters' } },
  },
};

const summaryOf = (PhysicalResourceId: string, ResourceType = 'AWS::Lambda::Function'): object => ({
  PhysicalResourceId,
  ResourceType,
});

/** Two pages of resources. */
const aws = named((async (action: string, input: Readonly<Record<string, string | undefined>>) => {
  await Promise.resolve();
  if (action === 'lambda:GetFunctionConfiguration') return FUNCTIONS[input['FunctionName'] ?? ''];
  if (input['StackName'] === 'nowhere')
    throw Object.assign(new Error('Stack with id nowhere does not exist'), { name: 'ValidationError' });
  if (input['StackName'] === 'hidden') return { StackResourceSummaries: [summaryOf('other'), summaryOf('hidden')] };
  if (input['StackName'] === 'other') return { StackResourceSummaries: [summaryOf('other')] };
  return input['NextToken'] === undefined
    ? { StackResourceSummaries: [summaryOf('letters', 'AWS::S3::Bucket'), summaryOf('other')], NextToken: '2' }
    : { StackResourceSummaries: [summaryOf('stack-Redrive-1'), summaryOf('stack-Forwarder-1')] };
}) as unknown as Aws);

describe('functionsOfStack', () => {
  it('knows forwarder and redrive by handlers and variables, on any page', async () => {
    expect(await functionsOfStack(aws, 'stack')).toEqual({
      forwarder: 'stack-Forwarder-1',
      redrive: 'stack-Redrive-1',
    });
  });

  it('takes one whose variables nobody may see for the forwarder, by its handler', async () => {
    expect(await functionsOfStack(aws, 'hidden')).toEqual({ forwarder: 'hidden' });
  });

  it('tells a stack without a forwarder from one that is not there', async () => {
    expect([await functionsOfStack(aws, 'other'), await functionsOfStack(aws, 'nowhere')]).toEqual([{}, undefined]);
  });
});
