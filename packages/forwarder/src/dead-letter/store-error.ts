/**
 * A store that failed, in words for a person. Every other error a store throws is taken for one that may pass.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  /** Whether another try is in vain: no such bucket, no permission. */
  readonly permanent: boolean;

  constructor(message: string, options: { readonly permanent: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.permanent = options.permanent;
  }
}
