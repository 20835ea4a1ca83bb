/** Why there is no credential; without secrets. */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError';
  /** Whether the same may work a moment later: who issues credentials is down, slow or throttles. */
  readonly retryable: boolean;

  constructor(message: string, { retryable, cause }: { readonly retryable: boolean; readonly cause?: unknown }) {
    super(message, { cause });
    this.retryable = retryable;
  }
}
