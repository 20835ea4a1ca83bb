import { needConfigFile } from '../config/config-file.ts';
import { UsageError } from '../usage-error.ts';
import { regionIn } from './aws/arn.ts';

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

/** A variable of the shell that is not set is an empty name, and would be looked for. */
const needNames = (options: DoctorOptions): void => {
  const { stack, function: name, redriveFunction, producer = [], logGroup = [] } = options;
  const found = Object.entries({
    '--stack': [stack],
    '--function': [name],
    '--redrive-function': [redriveFunction],
    '--producer': producer,
    '--log-group': logGroup,
  }).find(([, values]) => values.includes(''));
  if (found !== undefined) throw new UsageError(`${found[0]} is empty: give it a name.`);
};

const needRegion = ({ region, stack, function: name = stack ?? '' }: DoctorOptions): void => {
  if (region === undefined) return;
  if (!/^[a-z0-9-]{1,32}$/.test(region))
    throw new UsageError('--region must be an AWS Region, for example eu-central-1.');
  const own = regionIn(name);
  if (own !== undefined && own !== region)
    throw new UsageError(`the ARN is of ${own}: leave out --region, or name what is in ${region}.`);
};

/** @throws {UsageError} for what cannot be meant. */
export const targetOf = (options: DoctorOptions): Target => {
  const { config, stack, function: name, canary, logGroup = [] } = options;
  needNames(options);
  needConfigFile(config);
  if (stack !== undefined && name !== undefined)
    throw new UsageError('--stack finds the function by itself: leave out --stack or --function.');
  needRegion(options);
  if (canary === true && logGroup.length !== 1)
    throw new UsageError('--canary writes to one log group that is subscribed: name it with --log-group.');
  if (stack !== undefined) return { kind: 'stack', stack };
  if (name !== undefined) return { kind: 'function', name };
  needAccount(options);
  if (config === undefined)
    throw new UsageError('name what to look at: --config FILE, --stack NAME or --function NAME.');
  return { kind: 'configuration' };
};
