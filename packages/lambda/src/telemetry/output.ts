import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** Takes finished telemetry in place of standard output. */
export interface Output {
  readonly spans: (spans: readonly ReadableSpan[]) => void;
  readonly metrics: (metrics: ResourceMetrics) => void;
  readonly logs: (records: readonly ReadableLogRecord[]) => void;
}

let current: Output | undefined;

/** Who takes telemetry; `undefined`: standard output. */
export const output = (): Output | undefined => current;

/** Has somebody else take telemetry from now on. */
export const setOutput = (next: Output | undefined): void => {
  current = next;
};
