/** What the SDK's callback is given; `code` is 0 for success and 1 for failure, as `ExportResultCode` of every SDK line has it. */
export interface ExportResult {
  code: 0 | 1;
  error?: Error;
}

/** What became of one export. */
export interface WriteResult {
  /** Lines that were written. */
  readonly lines: number;
  /** Lines that a stalled or missing reader did not take, and items no line can hold. */
  readonly dropped: number;
  /** Why, when something was dropped. */
  readonly error?: Error;
}
