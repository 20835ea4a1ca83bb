import type { InvalidOtlpReason, OtlpRequest } from '@serverless-otlp/otlp';

/** The smallest unit its source can take back alone: a Kinesis record, an SQS message, a whole CloudWatch Logs event. */
export interface SourceRecord {
  readonly id: string;
  readonly data: string | Uint8Array;
  /** What the source itself vouches for: stream name, message attributes. Never what the payload claims. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Routing facts the source vouches for. Telemetry is merged only with telemetry of equal metadata (D20). */
export type Metadata = Readonly<Record<string, string>>;

/** What flows: a request and the records that ride on it. */
export interface Telemetry {
  readonly request: OtlpRequest;
  readonly records: ReadonlySet<string>;
  readonly metadata: Metadata;
}

/** Why a line that claims to be telemetry was set aside, and where to find it. Never its content (D16). */
export interface Fault {
  readonly reason: InvalidOtlpReason | 'budget' | 'encoding_bug';
  /** What was wrong, for a person; built from our own words only. */
  readonly message: string;
  /** Where it came from: the source's own words (log group, stream, event id). */
  readonly source: Metadata;
  /** SHA-256 of the line, hex, to find it again. */
  readonly sha256: string;
  /** Length of the line in bytes. */
  readonly bytes: number;
}

/** Why a line was acknowledged without being forwarded. */
export type IgnoredReason = 'not_telemetry' | 'control_message' | 'own_logs';

/** What an encoding found in one line. Exactly one of these per line, so that lines in = ignored + decoded + quarantined. */
export type Decoded =
  | { readonly request: OtlpRequest; readonly metadata?: Metadata }
  | { readonly fault: Fault }
  | { readonly ignored: IgnoredReason };

/** How many more decompressed bytes this invocation may produce (D17). */
export interface InflateBudget {
  /** The most the next inflate may produce, at most `limit` bytes. */
  allow(limit: number): number;
  /** Books what an inflate produced. */
  spend(bytes: number): void;
}

/** Finds the requests inside a record. Pure but for the budget it draws on. */
export interface Encoding {
  readonly name: string;
  /** `undefined` means: not mine. A throw is a bug; what cannot be read is a fault. */
  decode(record: SourceRecord, budget: InflateBudget): readonly Decoded[] | undefined;
}

/** Turns one kind of Lambda event into records, and their outcomes into the response that source expects. */
export interface Receiver<Event = unknown> {
  readonly name: string;
  accepts(event: unknown): event is Event;
  receive(event: Event): readonly SourceRecord[];
  /** The response this source expects; throws to have the whole event redelivered. */
  respond(outcomes: ReadonlyMap<string, Outcome>, event: Event): unknown;
}

/** A pure step on telemetry: merge, filter, edit, redact, sample. */
export interface Processor {
  readonly name: string;
  process(telemetry: readonly Telemetry[]): readonly Telemetry[];
}

/** What became of a record, or of one part of the telemetry at one destination. */
export type Outcome =
  | {
      readonly status: 'delivered';
      readonly rejectedItems?: number;
      readonly message?: string;
      readonly unconfirmed?: boolean;
    }
  | { readonly status: 'stored'; readonly as: 'pending' | 'quarantined'; readonly key: string; readonly error: Error }
  | {
      readonly status: 'rejected';
      readonly fault: 'telemetry' | 'destination';
      readonly error: Error;
      readonly httpStatus?: number;
    }
  | { readonly status: 'retryable'; readonly error: Error; readonly retryAfterMs?: number };

/** What became of one part of the telemetry at one destination. */
export interface Delivery {
  readonly destination: string;
  readonly telemetry: Telemetry;
  readonly outcome: Outcome;
}

/**
 * Hands telemetry to a destination before a deadline.
 *
 * One Delivery per part; their items add up to the input (the contract suite checks it).
 * A failure is an Outcome; a throw is a bug. `deadline` is epoch milliseconds.
 */
export interface Exporter {
  readonly name: string;
  export(telemetry: Telemetry, deadline: number): Promise<readonly Delivery[]>;
}

/** One signal's path: processors in order, then one exporter (which may be a wrapper around others). */
export interface Pipeline {
  readonly processors: readonly Processor[];
  readonly exporter: Exporter;
}
