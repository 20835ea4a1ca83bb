import { statSync } from 'node:fs';
import { UsageError } from '../usage-error.ts';

/** Options of `doctor`, as the command line gives them. */
export interface DoctorOptions {
  readonly config?: string;
  readonly stack?: string;
  readonly function?: string;
  readonly redriveFunction?: string;
  readonly producer?: readonly string[];
  readonly logGroup?: readonly string[];
  readonly region?: string;
  readonly functionTimeout?: number;
  readonly timeout?: number;
  readonly offline?: boolean;
  readonly canary?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What is looked at: a configuration alone, or what is installed in an account. */
export type Target =
  | { readonly kind: 'configuration' }
  | { readonly kind: 'stack'; readonly stack: string }
  | { readonly kind: 'function'; readonly name: string };

const needAccount = (options: DoctorOptions): void => {
  const { redriveFunction, producer, logGroup, region, canary } = options;
  const found = Object.entries({
    '--redrive-function': redriveFunction,
    '--producer': producer,
    '--log-group': logGroup,
    '--region': region,
    '--canary': canary,
  }).find(([, value]) => value !== undefined);
  if (found !== undefined) throw new UsageError(`${found[0]} goes with --stack or --function.`);
};

/** @throws {UsageError} for what cannot be meant. */
export const targetOf = (options: DoctorOptions): Target => {
  const { config, stack, function: name, region, canary, logGroup = [] } = options;
  if (config !== undefined && statSync(config, { throwIfNoEntry: false })?.isFile() !== true)
    throw new UsageError(`cannot read "${config}": there is no such file. Give --config a JSON or YAML file.`);
  if (stack !== undefined && name !== undefined)
    throw new UsageError('--stack finds the function by itself: leave out --stack or --function.');
  if (region !== undefined && !/^[a-z0-9-]{1,32}$/.test(region))
    throw new UsageError('--region must be an AWS Region, for example eu-central-1.');
  if (canary === true && logGroup.length !== 1)
    throw new UsageError('--canary writes to one log group that is subscribed: name it with --log-group.');
  if (stack !== undefined) return { kind: 'stack', stack };
  if (name !== undefined) return { kind: 'function', name };
  needAccount(options);
  if (config === undefined)
    throw new UsageError('name what to look at: --config FILE, --stack NAME or --function NAME.');
  return { kind: 'configuration' };
};
