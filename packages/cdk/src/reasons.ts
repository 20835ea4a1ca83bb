/** Whose role a statement is in: the forwarder's, the redrive's, or both. */
export type Holder = 'forwarder' | 'redrive' | 'both';

/** Why a statement is there, and who gets it when. */
export interface Reason {
  readonly holder: Holder;
  /** When it is granted, in words. */
  readonly when: string;
  readonly why: string;
}

/** The id of a statement. */
export type Sid =
  | 'OwnLog'
  | 'KeepDeadLetters'
  | 'KeepFailedEvents'
  | 'FailedEventsBucket'
  | 'ReadDeadLetters'
  | 'MoveDeadLetters'
  | 'RemoveDeadLetters'
  | 'ListDeadLetters';

/**
 * Every statement there may be in the roles of the two functions, by its Sid. A test proves that there is no other, and that each is
 * granted only when it says; docs/security.md is checked against it.
 */
export const REASONS: Readonly<Record<Sid, Reason>> = {
  OwnLog: { holder: 'both', when: 'always', why: 'its report, its metrics and what Lambda says of it' },
  KeepDeadLetters: { holder: 'forwarder', when: 'always', why: 'what a destination did not take, what cannot be read' },
  KeepFailedEvents: {
    holder: 'forwarder',
    when: 'always',
    why: 'Lambda puts events that failed for good into the bucket with the role of the function',
  },
  FailedEventsBucket: {
    holder: 'forwarder',
    when: 'always',
    why: 'Lambda asks for it before it takes a bucket as on-failure destination',
  },
  ReadDeadLetters: { holder: 'redrive', when: 'always', why: 'what waits, what Lambda gave up, and the journal' },
  MoveDeadLetters: {
    holder: 'redrive',
    when: 'always',
    why: 'the journal; what expired or was refused alone; what is left of an event that is sent again',
  },
  RemoveDeadLetters: { holder: 'redrive', when: 'always', why: 'what was delivered or moved' },
  ListDeadLetters: { holder: 'redrive', when: 'always', why: 'to find what waits' },
};
