/** What Lambda says about an invocation, as far as it is read here; the user's own type of it is left alone. */
export interface LambdaContext {
  readonly awsRequestId: string;
  readonly invokedFunctionArn: string;
  readonly functionName?: string;
  readonly functionVersion?: string;
  /** Milliseconds until the sandbox is stopped. */
  getRemainingTimeInMillis?(): number;
  /** `_X_AMZN_TRACE_ID` of this invocation, where many run at once in one process. */
  readonly xRayTraceId?: string;
  readonly clientContext?: unknown;
}
