import { type IAspect, Stack } from 'aws-cdk-lib';
import {
  Architecture,
  CfnFunction,
  Function as LambdaFunction,
  type ILayerVersion,
  LayerVersion,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { codeOf } from './code.ts';
import { OtlpForwarder } from './otlp-forwarder.ts';

/** How functions are instrumented. */
export interface InstrumentOptions {
  /** Default: the layer this package carries, one of it in each stack. */
  readonly layer?: ILayerVersion;
  /** Variables besides, such as `OTEL_TRACES_SAMPLER`; those the function has already win. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What the runtime starts instead of the handler. */
const WRAPPER = '/opt/otlp-handler';
const WRAPPER_VARIABLE = 'AWS_LAMBDA_EXEC_WRAPPER';
const NEXT_VARIABLE = 'OTLP_LAMBDA_NEXT_EXEC_WRAPPER';

const RUNTIMES: readonly string[] = [Runtime.NODEJS_22_X.name, Runtime.NODEJS_24_X.name];

/** Levels under which Lambda drops lines that do not say their own. Envelopes have none unless they are told to. */
const QUIET: readonly unknown[] = ['WARN', 'ERROR', 'FATAL'];

const layerOf = (scope: IConstruct): ILayerVersion => {
  const stack = Stack.of(scope);
  const id = 'OtlpLayer';
  const found = stack.node.tryFindChild(id);
  if (found instanceof LayerVersion) return found;
  return new LayerVersion(stack, id, {
    code: codeOf(stack, 'serverless-otlp-layer.zip'),
    description: 'Traces functions without a change to them',
    compatibleRuntimes: [Runtime.NODEJS_22_X, Runtime.NODEJS_24_X],
    compatibleArchitectures: [Architecture.ARM_64, Architecture.X86_64],
  });
};

const cfnOf = (lambdaFunction: LambdaFunction): CfnFunction | undefined => {
  const { defaultChild } = lambdaFunction.node;
  return defaultChild instanceof CfnFunction ? defaultChild : undefined;
};

const levelOf = (lambdaFunction: LambdaFunction): unknown => {
  const logging = cfnOf(lambdaFunction)?.loggingConfig;
  return logging !== undefined && 'applicationLogLevel' in logging ? logging.applicationLogLevel : undefined;
};

/** Whether a function can be instrumented by the layer. */
const isInstrumentable = (lambdaFunction: LambdaFunction): boolean => RUNTIMES.includes(lambdaFunction.runtime.name);

/**
 * Traces a function by the layer: it prints telemetry to its log, which the forwarder reads. Its code stays as it is, and so does its log
 * format: the layer writes to standard output itself, where neither format wraps lines.
 *
 * @throws {Error} when the runtime is none of `nodejs22.x` and `nodejs24.x`, or when the log level of the function would swallow
 *   telemetry.
 */
export const instrument = (lambdaFunction: LambdaFunction, options: InstrumentOptions = {}): void => {
  const { path } = lambdaFunction.node;
  if (!isInstrumentable(lambdaFunction))
    throw new Error(`${path}: the layer is for ${RUNTIMES.join(' and ')}, not for ${lambdaFunction.runtime.name}`);
  if (QUIET.includes(levelOf(lambdaFunction)))
    throw new Error(
      `${path}: applicationLogLevel ${String(levelOf(lambdaFunction))} would swallow telemetry, which has the level INFO`,
    );
  const { layer = layerOf(lambdaFunction), environment = {} } = options;
  const own = variablesOf(lambdaFunction);
  const wrapper = own[WRAPPER_VARIABLE];
  if (wrapper === WRAPPER) return;
  lambdaFunction.addLayers(layer);
  for (const [name, value] of Object.entries(environment))
    if (!(name in own)) lambdaFunction.addEnvironment(name, value);
  // Lambda starts one wrapper; ours starts the one that was there.
  if (typeof wrapper === 'string') lambdaFunction.addEnvironment(NEXT_VARIABLE, wrapper);
  lambdaFunction.addEnvironment(WRAPPER_VARIABLE, WRAPPER);
};

/** What a function has in its environment so far. */
const variablesOf = (lambdaFunction: LambdaFunction): Readonly<Record<string, unknown>> => {
  const environment: unknown = Stack.of(lambdaFunction).resolve(cfnOf(lambdaFunction)?.environment);
  return (environment as { readonly variables?: Readonly<Record<string, unknown>> } | undefined)?.variables ?? {};
};

/** Which functions an aspect instruments. */
export interface InstrumentAllOptions extends InstrumentOptions {
  /** Default: all that can be. Functions in Node.js whose handlers are wrapped by hand are to be left out. */
  readonly only?: (lambdaFunction: LambdaFunction) => boolean;
}

/**
 * Instruments every function in a scope whose runtime the layer is for; those of the forwarder itself are left alone.
 *
 * @example
 * Aspects.of(app).add(instrumentAll());
 */
export const instrumentAll = ({ only = () => true, ...options }: InstrumentAllOptions = {}): IAspect => ({
  visit: (node) => {
    if (node instanceof LambdaFunction && isInstrumentable(node) && !isOwn(node) && only(node))
      instrument(node, options);
  },
});

/** What the forwarder prints would come back to it. */
const isOwn = (node: IConstruct): boolean => node.node.scopes.some((scope) => scope instanceof OtlpForwarder);
