/** A mistake of the person at the keyboard: shown as one message with its remedy, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
