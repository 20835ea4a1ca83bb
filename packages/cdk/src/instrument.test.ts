import { App, Aspects, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  ApplicationLogLevel,
  Code,
  Function as LambdaFunction,
  type FunctionProps,
  LayerVersion,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { instrument, instrumentAll, OtlpForwarder } from './index.ts';

vi.stubEnv('CDK_VALIDATION', 'false');

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:layer:otlp:1';

const stackOf = (): Stack => new Stack(new App({ analyticsReporting: false }), 'Stack');

const functionOf = (stack: Stack, id: string, props: Partial<FunctionProps> = {}): LambdaFunction =>
  new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromInline('code'),
    ...props,
  });

const layerIn = (stack: Stack) => LayerVersion.fromLayerVersionArn(stack, 'Layer', ARN);

const propertiesOf = (stack: Stack, id: string): Readonly<Record<string, unknown>> => {
  const functions = Object.entries(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
  return functions.find(([key]) => key.startsWith(id))?.[1]['Properties'] as Readonly<Record<string, unknown>>;
};

describe('instrument', () => {
  it('adds the layer and what starts it; what the function says itself wins', () => {
    const stack = stackOf();
    const shop = functionOf(stack, 'Shop', { environment: { OTEL_SERVICE_NAME: 'shop' } });
    const environment = { OTEL_SERVICE_NAME: 'other', OTEL_TRACES_SAMPLER: 'always_on' };
    instrument(shop, { layer: layerIn(stack), environment });
    expect(propertiesOf(stack, 'Shop')).toMatchObject({
      Layers: [ARN],
      Environment: {
        Variables: {
          AWS_LAMBDA_EXEC_WRAPPER: '/opt/otlp-handler',
          OTEL_SERVICE_NAME: 'shop',
          OTEL_TRACES_SAMPLER: 'always_on',
        },
      },
    });
  });

  it('does it once', () => {
    const stack = stackOf();
    const shop = functionOf(stack, 'Shop');
    const layer = layerIn(stack);
    instrument(shop, { layer });
    instrument(shop, { layer });
    expect(propertiesOf(stack, 'Shop')).toMatchObject({ Layers: [ARN] });
  });

  it('starts another wrapper behind its own', () => {
    const stack = stackOf();
    const shop = functionOf(stack, 'Shop', { environment: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/other' } });
    instrument(shop, { layer: layerIn(stack) });
    expect(propertiesOf(stack, 'Shop')).toMatchObject({
      Environment: {
        Variables: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/otlp-handler', OTLP_LAMBDA_NEXT_EXEC_WRAPPER: '/opt/other' },
      },
    });
  });

  it('refuses runtimes the layer is not for', () => {
    const stack = stackOf();
    const shop = functionOf(stack, 'Shop', { runtime: Runtime.PYTHON_3_13 });
    expect(() => instrument(shop, { layer: layerIn(stack) })).toThrow(
      'Stack/Shop: the layer is for nodejs22.x and nodejs24.x, not for python3.13',
    );
  });

  it('refuses a log level that would swallow telemetry, and takes those that would not', () => {
    const stack = stackOf();
    const layer = layerIn(stack);
    const quiet = { loggingFormat: LoggingFormat.JSON, applicationLogLevelV2: ApplicationLogLevel.WARN };
    expect(() => instrument(functionOf(stack, 'Quiet', quiet), { layer })).toThrow(
      'Stack/Quiet: applicationLogLevel WARN would swallow telemetry',
    );
    const loud = { loggingFormat: LoggingFormat.JSON, applicationLogLevelV2: ApplicationLogLevel.DEBUG };
    expect(() => instrument(functionOf(stack, 'Loud', loud), { layer })).not.toThrow();
  });
});

describe('instrumentAll', () => {
  it('takes what it can, and neither the forwarder nor what is left out', () => {
    const stack = stackOf();
    functionOf(stack, 'Shop');
    functionOf(stack, 'Snake', { runtime: Runtime.PYTHON_3_13 });
    functionOf(stack, 'ByHand');
    new OtlpForwarder(stack, 'Telemetry', { code: Code.fromInline('code'), endpoint: 'https://collector.example' });
    const only = (one: LambdaFunction): boolean => one.node.id !== 'ByHand';
    Aspects.of(stack).add(instrumentAll({ layer: layerIn(stack), only }));
    const functions = Object.entries(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
    const traced = functions.filter(([, { Properties }]) => JSON.stringify(Properties).includes('/opt/otlp-handler'));
    expect(traced.map(([id]) => id.slice(0, -8))).toEqual(['Shop']);
  });
});
