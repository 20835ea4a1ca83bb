import type { InvalidOtlpReason, OtlpRequest } from '@serverless-otlp/otlp';

/** The smallest unit its source can take back alone: a Kinesis record, an SQS message, a whole CloudWatch Logs event. */
export interface SourceRecord {
  readonly id: string;
  readonly data: string | Uint8Array;
  /** What the source itself vouches for: stream name, message attributes. Never what the payload claims. */
  readonly attributes: Readonly<Record<string, string>>;
  /** When the source took it in, in epoch milliseconds. */
  readonly timeMs?: number;
}

/** Routing facts the source vouches for. Telemetry is merged only with telemetry of equal metadata (D20). */
export type Metadata = Readonly<Record<string, string>>;

/** What flows: a request and the records that ride on it. */
export interface Telemetry {
  readonly request: OtlpRequest;
  readonly records: ReadonlySet<string>;
  readonly metadata: Metadata;
  /** When the source took in the first line of it, in epoch milliseconds; the same whenever the event is delivered again. */
  readonly timeMs?: number;
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

/**
 * What an encoding found in one line. Exactly one of these per line, so that lines in = ignored + decoded + quarantined; ignored lines
 * may come as one with their count, since there may be millions.
 */
export type Decoded =
  | {
      readonly request: OtlpRequest;
      readonly metadata?: Metadata;
      readonly timeMs?: number;
      /** Lines that the function could not write before this one; its own word (E4). */
      readonly dropped?: number;
    }
  | Unreadable
  | { readonly ignored: IgnoredReason; readonly lines?: number };

/** A fault, and what could not be read: for the dead-letter store alone, never for an output. */
export interface Unreadable {
  readonly fault: Fault;
  readonly content: string | Uint8Array;
  readonly timeMs?: number;
}

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
      /** How long the destination is not to be asked again. */
      readonly retryAfterMs?: number;
    }
  | {
      readonly status: 'retryable';
      readonly error: Error;
      readonly retryAfterMs?: number;
      /** The rest of a refused batch, which hides the item that was refused (D12). */
      readonly bisect?: true;
    };

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
 * A failure is an Outcome; a throw is a bug. `deadline` is epoch milliseconds; `abort` ends the work sooner: when it fires, what is
 * not delivered is given up at once (D7a).
 */
export interface Exporter {
  readonly name: string;
  export(telemetry: Telemetry, deadline: number, abort?: AbortSignal): Promise<readonly Delivery[]>;
}

/** Where bytes wait under keys: paths of our own making, separated by `/`. Every function rejects with a clear error when it fails. */
export interface Store {
  /** For people, such as `s3://bucket/prefix`. */
  readonly name: string;
  /** Durable when it resolves. The same key again replaces what was there. */
  put(key: string, body: Uint8Array, abort?: AbortSignal): Promise<void>;
  /** `undefined` when there is none: somebody else has taken it. */
  get(key: string, abort?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Everything whose key begins with the prefix, in ascending order of keys (by UTF-8 bytes), read page by page. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** The distinct next segments of keys below a prefix that ends in `/`, in ascending order. */
  folders(prefix: string): Promise<readonly string[]>;
  /** What is not there is removed already. */
  remove(keys: readonly string[]): Promise<void>;
}

/** One entry of {@link Store.list}. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly modifiedMs: number;
}

/** Keeps what destinations did not take, and lines that cannot be read. Never rejects. `until` is epoch milliseconds. */
export interface DeadLetters {
  /**
   * The same deliveries; those that failed are `stored` now, or `retryable` when the store failed too (D2, D3).
   *
   * @param attempts how often this telemetry has been sent before; default 0.
   */
  keep(deliveries: readonly Delivery[], until: number, attempts?: number): Promise<readonly Delivery[]>;
  /** One outcome per line, in order (D16). */
  quarantine(lines: readonly Unreadable[], until: number): Promise<readonly Outcome[]>;
}

/** One configured exporter and what belongs to it alone (D1). */
export interface Destination {
  /** Its name is the destination's id. */
  readonly exporter: Exporter;
  /** Whether it takes telemetry of this origin; absent: all. When this throws, nothing is sent (it fails closed). */
  readonly matches?: (metadata: Metadata) => boolean;
  /** All tries in one invocation together, in milliseconds; default 5000 (D7a). */
  readonly maxElapsedMs?: number;
  /** Keeps what it did not take; absent: that goes back to the source (D3). */
  readonly deadLetters?: DeadLetters;
}

/** One signal's path: processors in order, then all destinations side by side. */
export interface Pipeline {
  readonly processors: readonly Processor[];
  readonly destinations: readonly Destination[];
}
