import { environment as one, numberOf } from '@serverless-otlp/stdout-exporter/parts';
import { environment } from './environment.ts';

/**
 * What Lambda says about the sandbox in reserved variables.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, read 2026-11-21.
 */
export interface Sandbox {
  readonly functionName: string | undefined;
  readonly functionVersion: string | undefined;
  readonly memoryMb: number | undefined;
  readonly region: string | undefined;
  readonly logGroup: string | undefined;
  readonly logStream: string | undefined;
  /** `on-demand`, `provisioned-concurrency`, `snap-start`, `lambda-managed-instances`. */
  readonly initializationType: string | undefined;
  /** Host and port of the Runtime API and the Extensions API. */
  readonly runtimeApi: string | undefined;
}

/** Reads the reserved variables. */
export const sandbox = (): Sandbox => ({
  functionName: environment('AWS_LAMBDA_FUNCTION_NAME'),
  functionVersion: environment('AWS_LAMBDA_FUNCTION_VERSION'),
  memoryMb: numberOf('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'),
  region: environment('AWS_REGION', 'AWS_DEFAULT_REGION'),
  logGroup: environment('AWS_LAMBDA_LOG_GROUP_NAME'),
  logStream: environment('AWS_LAMBDA_LOG_STREAM_NAME'),
  initializationType: environment('AWS_LAMBDA_INITIALIZATION_TYPE'),
  runtimeApi: environment('AWS_LAMBDA_RUNTIME_API'),
});

/** The X-Ray header of the running invocation; Lambda writes it anew for each. */
export const xRayVariable = (): string | undefined => one('_X_AMZN_TRACE_ID');
