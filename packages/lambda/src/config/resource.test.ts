import { afterEach, describe, expect, it, vi } from 'vitest';
import { resourceOf } from './resource.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const said = (variables: Readonly<Record<string, string>>) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  return resourceOf({}).attributes;
};

describe('what everything says of its function', () => {
  it('takes values with = and in percent encoding whole, and passes over what is no pair', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const attributes = said({ OTEL_RESOURCE_ATTRIBUTES: 'a=b=c, team = x%2Cy%3Dz ,nothing,=empty,last=1' });
    expect(attributes).toMatchObject({ a: 'b=c', team: 'x,y=z', last: '1' });
    expect(Object.keys(attributes)).not.toContain('nothing');
    expect(warned).toHaveBeenCalledTimes(1);
  });

  it('is called by OTEL_SERVICE_NAME, then OTEL_RESOURCE_ATTRIBUTES, then the name of the function', () => {
    expect(said({ AWS_LAMBDA_FUNCTION_NAME: 'function' })['service.name']).toBe('function');
    expect(said({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=attribute' })['service.name']).toBe('attribute');
    expect(said({ OTEL_SERVICE_NAME: 'name' })['service.name']).toBe('name');
  });

  it('names its platform and its memory in bytes', () => {
    expect(
      said({ AWS_LAMBDA_FUNCTION_NAME: 'function', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512', AWS_REGION: 'eu-west-1' }),
    ).toMatchObject({
      'cloud.provider': 'aws',
      'cloud.platform': 'aws_lambda',
      'cloud.region': 'eu-west-1',
      'faas.max_memory': 536_870_912,
    });
  });
});
