import type { FunctionConfiguration, LoggingConfig } from '@aws-sdk/client-lambda';
import { ifThere } from '../aws/named.ts';
import { type Check, fail, type Finding, pass, warn } from '../check.ts';
import { type Facts, groupNamed, logGroupOf } from './facts.ts';

const RUNTIMES = new Set<string>(['nodejs24.x', 'nodejs22.x']);

/** Whether a function is there to be invoked. */
export const stateOf = (
  id: 'function-state' | 'redrive-function',
  { FunctionName, State, StateReason, LastUpdateStatus, LastUpdateStatusReason }: FunctionConfiguration,
): Finding => {
  if (State !== undefined && State !== 'Active' && State !== 'Inactive')
    return fail(id, `${State}: ${StateReason ?? 'no reason given'}`, FunctionName);
  if (LastUpdateStatus === 'Failed')
    return fail(id, `the last update failed: ${LastUpdateStatusReason ?? 'no reason given'}`, FunctionName);
  return pass(id, `${State ?? 'Active'}, ${LastUpdateStatus ?? 'never updated'}`, FunctionName);
};

const runtime = ({ Runtime, Handler = '', PackageType }: FunctionConfiguration): Finding => {
  if (PackageType === 'Image') return warn('function-runtime', 'a container image, which nobody here can judge');
  if (Runtime === undefined || !RUNTIMES.has(Runtime)) return fail('function-runtime', `runtime ${Runtime ?? 'none'}`);
  return (Handler.endsWith('.handler') ? pass : fail)('function-runtime', `${Runtime}, handler ${Handler}`);
};

const architecture = ({ Architectures: [first = 'x86_64'] = [] }: FunctionConfiguration): Finding =>
  (first === 'arm64' ? pass : warn)('function-architecture', first);

const LEAST_MB = 256;

const memory = ({ MemorySize = 128 }: FunctionConfiguration): Finding =>
  (MemorySize < LEAST_MB ? fail : pass)('function-memory', `${MemorySize} MB`);

/** All tries of a destination, the grace for the last, and the fifth of the time that is kept free, fit in this and not in less. */
const LEAST_S = 8;
const USUAL_S = 30;

const timeout = ({ Timeout = 3 }: FunctionConfiguration): Finding =>
  (Timeout < LEAST_S ? fail : Timeout < USUAL_S ? warn : pass)('function-timeout', `${Timeout} s`);

const concurrency = async ({ aws, names }: Facts): Promise<readonly Finding[]> => {
  const { ReservedConcurrentExecutions: reserved } = await aws('lambda:GetFunctionConcurrency', {
    FunctionName: names.forwarder,
  });
  if (reserved === undefined)
    return [warn('function-concurrency', 'none is reserved: a burst of logs may take the concurrency of the account')];
  return [(reserved === 0 ? fail : pass)('function-concurrency', String(reserved))];
};

const recursion = async ({ aws, names }: Facts): Promise<readonly Finding[]> => {
  const { RecursiveLoop = 'Terminate' } = await aws('lambda:GetFunctionRecursionConfig', {
    FunctionName: names.forwarder,
  });
  return [(RecursiveLoop === 'Terminate' ? pass : warn)('function-recursion', RecursiveLoop)];
};

const ABOVE_INFO = new Set(['WARN', 'ERROR', 'FATAL']);

/**
 * The level below which Lambda drops what a function logs, where it is above INFO. Lines of no level count as INFO, and those of
 * a level without a time, too.
 *
 * Source: "Log-level filtering", https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html (read 2026-11-21).
 */
export const swallowing = ({ LogFormat, ApplicationLogLevel }: LoggingConfig = {}): string | undefined =>
  LogFormat === 'JSON' && ABOVE_INFO.has(ApplicationLogLevel ?? '') ? ApplicationLogLevel : undefined;

const logLevel = ({ LoggingConfig: logging }: FunctionConfiguration): Finding => {
  const level = swallowing(logging);
  const evidence = `format ${logging?.LogFormat ?? 'Text'}, application level ${logging?.ApplicationLogLevel ?? 'not set'}`;
  return (level === undefined ? pass : fail)('function-log-level', evidence);
};

const retention = async ({ aws, forwarder }: Facts): Promise<readonly Finding[]> => {
  const name = logGroupOf(forwarder);
  const group = await groupNamed(aws, name);
  if (group === undefined) return [warn('function-log-retention', 'there is no log group yet', name)];
  const { retentionInDays: days } = group;
  return [
    (days === undefined ? warn : pass)(
      'function-log-retention',
      days === undefined ? 'kept for ever' : `${days} days`,
      name,
    ),
  ];
};

const RETRIES = 2;
const AGE_S = 21_600;

const asynchronous = async (facts: Facts): Promise<readonly Finding[]> => {
  const { aws, names } = facts;
  const config = await ifThere(aws('lambda:GetFunctionEventInvokeConfig', { FunctionName: names.forwarder }));
  const {
    MaximumRetryAttempts: retries = RETRIES,
    MaximumEventAgeInSeconds: age = AGE_S,
    DestinationConfig,
  } = config ?? {};
  const told = `${retries} retries, ${age} s`;
  const destination = DestinationConfig?.OnFailure?.Destination;
  return [
    (retries < RETRIES || age < AGE_S ? warn : pass)('async-retries', told),
    destination === undefined
      ? fail('async-destination', 'none: an event that failed three times is gone')
      : onFailure(destination, facts.config?.dead_letter?.s3?.bucket),
  ];
};

const onFailure = (destination: string, bucket: string | undefined): Finding => {
  const [, own] = /^arn:aws[a-z-]*:s3:::(.+)$/.exec(destination) ?? [];
  if (own === undefined) return warn('async-destination', `${destination} is no bucket`);
  if (bucket !== undefined && own !== bucket)
    return warn('async-destination', `bucket ${own}, where the redrive does not look: it looks into ${bucket}`);
  return pass('async-destination', `bucket ${own}`);
};

/** What can be seen of the forwarder function itself. */
export const functionChecks = (facts: Facts): readonly Check[] => {
  const { forwarder } = facts;
  const still = [
    stateOf('function-state', forwarder),
    runtime(forwarder),
    architecture(forwarder),
    memory(forwarder),
    timeout(forwarder),
    logLevel(forwarder),
  ];
  return [
    { ids: still.map(({ id }) => id), run: () => Promise.resolve(still) },
    { ids: ['function-concurrency'], run: () => concurrency(facts) },
    { ids: ['function-recursion'], run: () => recursion(facts) },
    { ids: ['function-log-retention'], run: () => retention(facts) },
    { ids: ['async-destination', 'async-retries'], run: () => asynchronous(facts) },
  ];
};
