/** One request that is about to be sent. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

/** Proves to a destination who sends. */
export interface Authenticator {
  /**
   * The headers that prove it for this very request. They are secrets: what the answer repeats of them is hidden.
   *
   * Rejects with an `AuthenticationError` when there is no credential, within `timeoutMs`, or as soon as `abort` fires.
   */
  headersFor(
    request: OutgoingRequest,
    timeoutMs: number,
    abort?: AbortSignal,
  ): Promise<Readonly<Record<string, string>>>;
  /**
   * Called after a 401 or 403, with the headers of that answer: fetches the credential again. Resolves to whether it is another one now,
   * so that sending once more makes sense (D11). Never rejects; one at a time, whoever calls meanwhile gets the same answer.
   */
  refresh(answer: Readonly<Record<string, string | readonly string[] | undefined>>): Promise<boolean>;
}
