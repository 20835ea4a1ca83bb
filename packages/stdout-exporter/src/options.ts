/** How a line is written: `compatible` any reader of the format understands, `compact` is smaller and for our forwarder, `otlp_json` is plain OTLP/JSON. */
export type LineFormat = 'compatible' | 'compact' | 'otlp_json';

/** What `level` may say, for log tools that filter lines by level. */
export type LineLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/**
 * What every exporter here takes. What is left out is read from the environment variable `OTLP_STDOUT_EXPORTER_<NAME>`, then from
 * `OTLP_STDOUT_SPAN_EXPORTER_<NAME>`, then has its default. A value nobody can use is told on stderr and its default taken.
 */
export interface StdoutExporterOptions {
  /** Default `compatible`. Variable: `FORMAT`. */
  readonly format?: LineFormat;
  /** 0 to 9; default 6. Variable: `COMPRESSION_LEVEL`. */
  readonly gzipLevel?: number;
  /** Default: no level is written. Variable: `LOG_LEVEL`. */
  readonly level?: LineLevel;
  /** Standard output, or a named pipe that exists already; default `stdout`. Variable: `OUTPUT_TYPE`. */
  readonly output?: 'stdout' | 'pipe';
  /** Default `/tmp/otlp-stdout-span-exporter.pipe`. Variable: `PIPE_PATH`. */
  readonly pipePath?: string;
  /** A request that takes a longer line is split; default 60 000, at most 1 000 000. Variable: `MAX_LINE_BYTES`. */
  readonly maxLineBytes?: number;
  /** How long a write waits for a reader that stalls, in milliseconds; default 1000, at most 60 000. Variable: `MAX_WAIT_MS`. */
  readonly maxWaitMs?: number;
  /** Default: `OTEL_SERVICE_NAME`, then `AWS_LAMBDA_FUNCTION_NAME`, then `unknown-service`. */
  readonly source?: string;
  /**
   * Names of headers that may stand in a line, with the values that `OTEL_EXPORTER_OTLP_HEADERS` and its like of the signal give
   * them: routing facts such as a tenant id. Default: none. Variable: `HEADERS`, names with commas between.
   */
  readonly headers?: readonly string[];
}
