import { visible } from '@serverless-otlp/dev-server';

/** What is said of everything that was still under way. */
export const NO_TIME = 'there was no time left; give more with --timeout';

/** A call to AWS that did not succeed. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';

  /** `denied`: a permission is missing. `missing`: what was asked about is not there. */
  readonly kind: 'denied' | 'missing' | 'credentials' | 'other';

  constructor(kind: CallFailed['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Why a check could not be made, for a person. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof CallFailed) return `could not check: ${error.message}`;
  const message = error instanceof Error ? error.message : 'unknown error';
  return `could not check: ${visible(message).slice(0, 200)}`;
};
