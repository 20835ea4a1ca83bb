import { UsageError } from '../usage-error.ts';
import { type LogGroupName, logGroupOf } from './log-group.ts';
import { timeOf } from './times.ts';

/** Options of `backfill`, as the command line gives them. */
export interface BackfillOptions {
  readonly logGroup: readonly string[];
  readonly since: string;
  readonly until?: string;
  readonly destination?: readonly string[];
  readonly filterPattern?: string;
  readonly owner?: string;
  readonly config?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
  readonly state?: string;
  readonly restart?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What they mean. */
export interface BackfillArguments {
  readonly logGroups: readonly LogGroupName[];
  readonly sinceMs: number;
  readonly untilMs: number;
}

const MAX_PATTERN = 1024;

const checkOwner = (owner: string | undefined, groups: readonly LogGroupName[]): void => {
  if (owner === undefined) return;
  if (!/^\d{12}$/.test(owner)) throw new UsageError('--owner must be an AWS account: 12 digits.');
  const other = groups.find((group) => group.owner !== undefined && group.owner !== owner);
  if (other !== undefined)
    throw new UsageError(`${other.identifier} is of another account than --owner ${owner}. Leave out --owner.`);
};

const checkPlace = ({ region, endpointUrl }: BackfillOptions, groups: readonly LogGroupName[]): void => {
  if (region !== undefined && !/^[a-z0-9-]{1,32}$/.test(region))
    throw new UsageError('--region must be an AWS Region, for example eu-central-1.');
  if (endpointUrl !== undefined && !(URL.canParse(endpointUrl) && /^https?:$/.test(new URL(endpointUrl).protocol)))
    throw new UsageError('--endpoint-url must be an http:// or https:// URL of CloudWatch Logs or an emulator of it.');
  const other = groups.find((group) => region !== undefined && group.region !== undefined && group.region !== region);
  if (other !== undefined)
    throw new UsageError(`${other.identifier} is in another Region than --region ${region ?? ''}. Leave out --region.`);
};

/** @throws {UsageError} for what cannot be meant. */
export const argumentsOf = (options: BackfillOptions, nowMs: number): BackfillArguments => {
  const { logGroup, since, until = 'now', filterPattern, owner, dryRun, state, restart } = options;
  const groups = new Map(logGroup.map(logGroupOf).map((group) => [group.identifier, group]));
  const logGroups = [...groups.values()];
  const sinceMs = timeOf(since, nowMs, '--since');
  const untilMs = timeOf(until, nowMs, '--until');
  if (sinceMs >= untilMs)
    throw new UsageError(
      `--since (${new Date(sinceMs).toISOString()}) must be before --until (${new Date(untilMs).toISOString()}).`,
    );
  checkOwner(owner, logGroups);
  checkPlace(options, logGroups);
  if (filterPattern !== undefined && (filterPattern === '' || filterPattern.length > MAX_PATTERN))
    throw new UsageError(`--filter-pattern must have 1 to ${MAX_PATTERN} characters.`);
  if (options.destination?.includes('') === true) throw new UsageError('--destination needs the id of an exporter.');
  if (dryRun === true && (state !== undefined || restart === true))
    throw new UsageError('--dry-run keeps no state: leave out --state and --restart.');
  return { logGroups, sinceMs, untilMs };
};
