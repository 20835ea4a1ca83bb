import type { AnyValue, HexId, InstrumentationScope, Resource, UnixNano, WithAttributes } from './attributes.ts';

/** The log records of one resource. */
export interface ResourceLogs {
  readonly resource?: Resource;
  readonly scopeLogs?: readonly ScopeLogs[];
  readonly schemaUrl?: string;
}

/** The log records of one instrumentation scope. */
export interface ScopeLogs {
  readonly scope?: InstrumentationScope;
  readonly logRecords?: readonly LogRecord[];
  readonly schemaUrl?: string;
}

/** One log record. */
export interface LogRecord extends WithAttributes {
  readonly timeUnixNano?: UnixNano;
  readonly observedTimeUnixNano?: UnixNano;
  /** 1 trace to 24 fatal4; 0 unspecified */
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly body?: AnyValue;
  readonly flags?: number;
  readonly traceId?: HexId;
  readonly spanId?: HexId;
  readonly eventName?: string;
}
