/**
 * Why telemetry could not be read. A stable word for reports and metrics, never a piece of the input.
 *
 * - `json`, `base64`, `gzip`, `protobuf`: the text or bytes are not well formed
 * - `too_large`: a bound on decompressed bytes was reached
 * - `too_deep`: nested deeper than `MAX_NESTING`
 * - `utf8`: a string field is not valid UTF-8
 * - `id`: a trace or span id of the wrong length
 * - `value`: a JSON value that its OTLP field cannot hold
 * - `envelope`: an envelope field is missing or of the wrong type
 * - `unsupported`: a content type or encoding nobody defined
 * - `ambiguous`: it can be read in more than one way
 * - `truncated`: the platform cut the line
 */
export type InvalidOtlpReason =
  | 'json'
  | 'base64'
  | 'gzip'
  | 'protobuf'
  | 'too_large'
  | 'too_deep'
  | 'utf8'
  | 'id'
  | 'value'
  | 'envelope'
  | 'unsupported'
  | 'ambiguous'
  | 'truncated';

/** The one error of everything in this package that reads untrusted input. Its message never contains that input. */
export class InvalidOtlpError extends Error {
  override readonly name = 'InvalidOtlpError';
  readonly reason: InvalidOtlpReason;

  constructor(reason: InvalidOtlpReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
