import { UsageError } from '../usage-error.ts';
import type { Ask } from './ask.ts';
import { ParameterRefused } from './ask.ts';
import { BackfillError, Denied } from './backfill-error.ts';
import type { LogGroupName } from './log-group.ts';
import type { LogGroupFacts, LogsApi } from './logs-api.ts';

/** A log group that is there, and whose account is known. */
export interface Target {
  readonly group: LogGroupName;
  readonly api: LogsApi;
  readonly owner: string;
  readonly retentionDays?: number;
}

/** What {@link targetOf} needs. */
export interface TargetOptions {
  readonly ask: Ask;
  /** CloudWatch Logs in the Region of a log group. */
  readonly apiFor: (region: string | undefined) => Promise<LogsApi>;
  /** The account, when the command line says it. */
  readonly owner?: string;
}

const ACTION = 'logs:DescribeLogGroups';

/**
 * Finds out what has to be known of a log group before it is read. Its account is what the real subscription event says, and
 * destinations may be chosen by it: it is never guessed.
 *
 * @throws {UsageError} when there is no such log group.
 */
export const targetOf = async (
  group: LogGroupName,
  { ask, apiFor, owner: given = group.owner }: TargetOptions,
): Promise<Target> => {
  const subject = { action: ACTION, logGroup: group.identifier, place: group.region ?? 'this Region' };
  const api = await ask(subject, () => apiFor(group.region));
  let facts: LogGroupFacts | undefined;
  try {
    facts = await ask({ ...subject, place: api.place }, (signal) => api.describe(group.identifier, signal));
  } catch (error) {
    const optional = error instanceof Denied || error instanceof ParameterRefused;
    if (!optional) throw error;
    if (given === undefined)
      throw new BackfillError(
        `cannot find out whose log group ${group.identifier} is (${error.message}). Allow ${ACTION}, give its ARN, or the account with --owner.`,
      );
    return { group, api, owner: given };
  }
  // Of another account's log group only reading it tells.
  if (facts === undefined && group.owner === undefined) {
    throw new UsageError(
      `there is no log group ${group.identifier} in ${api.place}. Check --log-group, --region and the account of your credentials; a log group of another account is named by its ARN.`,
    );
  }
  const owner = given ?? facts?.owner;
  if (owner === undefined)
    throw new BackfillError(`CloudWatch Logs does not tell whose log group ${group.identifier} is. Give --owner.`);
  return { group, api, owner, ...(facts?.retentionDays === undefined ? {} : { retentionDays: facts.retentionDays }) };
};
