import { UsageError } from '../usage-error.ts';
import { apiFailureOf, type ApiFailure } from '../api-failure.ts';
import { BackfillError, Denied, Interrupted } from './backfill-error.ts';
import type { Clock } from '../clock.ts';

/** What a question to CloudWatch Logs is about, for messages. */
export interface Subject {
  /** The permission it takes, such as `logs:FilterLogEvents`. */
  readonly action: string;
  readonly logGroup: string;
  /** For people, such as `eu-central-1`. */
  readonly place: string;
}

/** How {@link createAsk} waits. */
export interface AskOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Is told of a wait worth knowing. */
  readonly onWait: (text: string) => void;
}

/** Thrown when CloudWatch Logs does not accept a parameter: the token of a page that has expired, a filter pattern. */
export class ParameterRefused extends Error {
  override readonly name = 'ParameterRefused';
}

/** Asks once, or again while CloudWatch Logs is busy. */
export type Ask = <T>(subject: Subject, question: (signal: AbortSignal) => Promise<T>) => Promise<T>;

const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 20_000;
/** Waits of 250 ms, doubled up to 20 s, half of it by chance: two to four minutes in all. */
const MAX_TRIES = 16;
/** Waits from here on are told. */
const TOLD_FROM = 6;

const refusal = (failure: Exclude<ApiFailure, { kind: 'busy' }>, { action, logGroup, place }: Subject): Error => {
  switch (failure.kind) {
    case 'missing':
      return new UsageError(
        `there is no log group ${logGroup} in ${place}. Check --log-group, --region and the account of your credentials; a log group of another account is named by its ARN.`,
      );
    case 'invalid':
      return new ParameterRefused(failure.message);
    case 'region':
      return new UsageError('no AWS Region is set. Give --region, or set AWS_REGION.');
    case 'credentials':
      return new BackfillError(
        `AWS does not accept the credentials (${failure.message}). Renew them, for example with "aws sso login", or set AWS_PROFILE.`,
      );
    case 'denied':
      return new Denied(
        `not allowed to read ${logGroup} in ${place} (${failure.message}). Allow ${action} on it; for a log group of another account either use credentials of that account, or its ARN in a monitoring account that is linked to it.`,
      );
    case 'refused':
      return new BackfillError(`CloudWatch Logs refuses to read ${logGroup} in ${place} (${failure.message}).`);
  }
};

/** Questions with patience: throttling and outages are waited for, with jitter and a limit; everything else is told with its remedy. */
export const createAsk = ({ clock, signal, onWait }: AskOptions): Ask => {
  const throwIfAborted = (): void => {
    if (signal.aborted) throw new Interrupted();
  };
  return async (subject, question) => {
    for (let tries = 1; ; tries++) {
      let reason: string;
      try {
        return await question(signal);
      } catch (error) {
        throwIfAborted();
        const failure = apiFailureOf(error);
        if (failure.kind !== 'busy') throw refusal(failure, subject);
        ({ reason } = failure);
      }
      if (tries >= MAX_TRIES) {
        throw new BackfillError(
          reason === 'throttled'
            ? `CloudWatch Logs in ${subject.place} throttled ${MAX_TRIES} requests in a row: others use up the account's quota of ${subject.action}. Try later.`
            : `CloudWatch Logs in ${subject.place} did not answer ${MAX_TRIES} times in a row (${reason}). Check --region, --endpoint-url and the network.`,
        );
      }
      const most = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1));
      const waitMs = most / 2 + (clock.random() * most) / 2;
      if (tries >= TOLD_FROM)
        onWait(`CloudWatch Logs in ${subject.place}: ${reason}; trying again in ${Math.ceil(waitMs / 1_000)} s`);
      await clock.sleep(waitMs, signal);
      throwIfAborted();
    }
  };
};
