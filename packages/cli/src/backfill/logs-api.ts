/** A log event as CloudWatch Logs keeps it. */
export interface StoredLine {
  readonly id: string;
  readonly logStream: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly message: string;
}

/** Lines of one log group from `fromMs` up to, but not including, `toMs`. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One question to FilterLogEvents. */
export interface PageRequest extends Window {
  /** Name or ARN. */
  readonly logGroup: string;
  readonly filterPattern?: string;
  readonly nextToken?: string;
}

/** One answer of it; may be empty although more follow. */
export interface Page {
  readonly lines: readonly StoredLine[];
  readonly nextToken?: string;
}

/** What CloudWatch Logs tells about a log group. */
export interface LogGroupFacts {
  /** The account that owns it. */
  readonly owner?: string;
  /** Absent: lines are kept for ever. */
  readonly retentionDays?: number;
}

/** The part of CloudWatch Logs a backfill needs, in one Region. Every function rejects with the SDK's own error. */
export interface LogsApi {
  /** For people: the Region, and the endpoint unless it is AWS's own. */
  readonly place: string;
  page(request: PageRequest, signal?: AbortSignal): Promise<Page>;
  /** `undefined` when there is no such log group. */
  describe(logGroup: string, signal?: AbortSignal): Promise<LogGroupFacts | undefined>;
}
