/**
 * The shapes the contract suites work on. They repeat packages/forwarder/src/types.ts on purpose: testing imports only
 * otlp, and a component that fits the forwarder fits here because TypeScript compares shapes, not names.
 */
import type { OtlpRequest } from '@serverless-otlp/otlp';

/** What a source can take back alone. */
export interface SourceRecord {
  readonly id: string;
  readonly data: string | Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A request, the records that ride on it, and what the source vouches for. */
export interface Telemetry {
  readonly request: OtlpRequest;
  readonly records: ReadonlySet<string>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What became of telemetry. */
export type Outcome =
  | { readonly status: 'delivered' }
  | { readonly status: 'stored'; readonly as: 'pending' | 'quarantined'; readonly key: string; readonly error: Error }
  | {
      readonly status: 'rejected';
      readonly fault: 'telemetry' | 'destination';
      readonly error: Error;
      readonly httpStatus?: number;
    }
  | { readonly status: 'retryable'; readonly error: Error; readonly retryAfterMs?: number };

/** What became of one part at one destination. */
export interface Delivery {
  readonly destination: string;
  readonly telemetry: Telemetry;
  readonly outcome: Outcome;
}

/** What an encoding makes of one line: exactly one of the three. */
export type Decoded =
  | { readonly request: OtlpRequest; readonly metadata?: Readonly<Record<string, string>> }
  | { readonly fault: Fault; readonly content: string | Uint8Array }
  | { readonly ignored: string };

/** Why a line was set aside. */
export interface Fault {
  readonly reason: string;
  readonly message: string;
  readonly source: Readonly<Record<string, string>>;
  readonly sha256: string;
  readonly bytes: number;
}

/** How much may still be inflated. */
export interface InflateBudget {
  allow(limit: number): number;
  spend(bytes: number): void;
}

/** A processor, as its suite sees it. */
export interface ProcessorUnderTest {
  readonly name: string;
  process(telemetry: readonly Telemetry[]): readonly Telemetry[];
}

/** An exporter, as its suite sees it. */
export interface ExporterUnderTest {
  readonly name: string;
  export(telemetry: Telemetry, deadline: number, abort?: AbortSignal): Promise<readonly Delivery[]>;
}

/** An encoding, as its suite sees it. */
export interface EncodingUnderTest {
  readonly name: string;
  decode(record: SourceRecord, budget: InflateBudget): readonly Decoded[] | undefined;
}

/** A receiver, as its suite sees it: what it accepts is the suite's to find out. */
export interface ReceiverUnderTest<Event = unknown> {
  readonly name: string;
  accepts(event: unknown): event is Event;
  receive(event: Event): readonly SourceRecord[];
  respond(outcomes: ReadonlyMap<string, Outcome>, event: Event): unknown;
}

/** A store, as its suite sees it. */
export interface StoreUnderTest {
  readonly name: string;
  put(key: string, body: Uint8Array, abort?: AbortSignal): Promise<void>;
  get(key: string, abort?: AbortSignal): Promise<Uint8Array | undefined>;
  list(prefix: string): AsyncIterable<StoredObject>;
  folders(prefix: string): Promise<readonly string[]>;
  remove(keys: readonly string[]): Promise<void>;
}

/** One entry of a list of a store. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}
