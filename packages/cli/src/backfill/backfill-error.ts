/** What ends a backfill before its end: told with its remedy, exit code 1. What was settled stays settled. */
export class BackfillError extends Error {
  override readonly name: string = 'BackfillError';
}

/** A permission is missing. */
export class Denied extends BackfillError {
  override readonly name = 'Denied';
}

/** Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
