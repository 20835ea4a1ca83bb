import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  ApplicationLogLevel,
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Connected } from './network.ts';

/** What {@link forwarderFunction} needs. */
export interface FunctionOptions {
  readonly code: Code;
  readonly handler: 'index.handler' | 'index.redrive';
  readonly description: string;
  readonly functionName?: string | undefined;
  readonly role: Role;
  readonly logGroup: LogGroup;
  readonly memorySize: number;
  readonly timeout: Duration;
  /** `undefined` reserves nothing. */
  readonly concurrency: number | undefined;
  readonly environment: Record<string, string>;
  readonly environmentEncryption?: IKey | undefined;
  /** Where it is connected to. */
  readonly connected?: Connected | undefined;
}

/** What {@link functionLogGroup} needs. */
export interface LogGroupOptions {
  readonly functionName?: string | undefined;
  readonly retention?: RetentionDays | undefined;
  readonly encryptionKey?: IKey | undefined;
}

/** The log group of a function: reports hold no telemetry, so it goes with the stack. */
export const functionLogGroup = (scope: Construct, id: string, options: LogGroupOptions): LogGroup => {
  const { functionName, retention = RetentionDays.ONE_MONTH, encryptionKey } = options;
  return new LogGroup(scope, id, {
    ...(functionName !== undefined && { logGroupName: `/aws/lambda/${functionName}` }),
    ...(encryptionKey !== undefined && { encryptionKey }),
    retention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
};

/**
 * The forwarder or the redrive, of the same zip. Reports and metrics are lines of JSON that the function writes itself; Lambda takes
 * those without a level for INFO, so a higher application log level would swallow the metrics.
 */
export const forwarderFunction = (scope: Construct, id: string, options: FunctionOptions): LambdaFunction => {
  const { functionName, concurrency, connected, environmentEncryption, ...rest } = options;
  return new LambdaFunction(scope, id, {
    ...rest,
    ...connected,
    ...(environmentEncryption !== undefined && { environmentEncryption }),
    ...(functionName !== undefined && { functionName }),
    ...(concurrency !== undefined && { reservedConcurrentExecutions: concurrency }),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    loggingFormat: LoggingFormat.JSON,
    applicationLogLevelV2: ApplicationLogLevel.INFO,
    systemLogLevelV2: SystemLogLevel.INFO,
  });
};
