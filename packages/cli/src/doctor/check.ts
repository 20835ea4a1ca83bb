import type { CheckId } from './catalogue.ts';

/** What a check says: all is well, look at it, mend it, or nobody could tell. */
export type Status = 'pass' | 'warn' | 'fail' | 'skipped';

/** One result of one check. */
export interface Finding {
  readonly id: CheckId;
  readonly status: Status;
  /** What it is about where there are several: a destination, a log group, a setting. */
  readonly subject?: string;
  /** What was seen, or why nothing could be. Never a secret. */
  readonly evidence: string;
}

/** Something to look at. */
export interface Check {
  /** What it can tell about; each is skipped, with the reason, when it cannot be looked at. */
  readonly ids: readonly CheckId[];
  /** Resolves to at least one finding. Rejects with what is in the way. */
  readonly run: (signal: AbortSignal) => Promise<readonly Finding[]>;
}

/** Patterns and reasons of AWS are longer at times; nobody reads on. */
const MAX_TEXT = 1_000;

const bounded = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);

type Say = (id: CheckId, evidence: string, subject?: string) => Finding;

const saying =
  (status: Status): Say =>
  (id, evidence, subject) => ({
    id,
    status,
    evidence: bounded(evidence),
    ...(subject === undefined ? {} : { subject: bounded(subject) }),
  });

/** All is well. */
export const pass: Say = saying('pass');

/** It works, but not as it should. */
export const warn: Say = saying('warn');

/** It does not work, or loses something. */
export const fail: Say = saying('fail');

/** Nobody could tell. */
export const skipped: Say = saying('skipped');
