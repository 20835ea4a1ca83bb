import type { OtlpRequest } from '@serverless-otlp/otlp';
import { attributeTexts, bigintOf, locatedItems, textOf, valueText, type AnyValue } from './message.ts';

/** What is kept of a log record to show it. */
export interface RecordRow {
  readonly timeNs: bigint;
  readonly service: string;
  /** `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `FATAL`, by severity number; else the writer's own text. */
  readonly severity: string;
  readonly body: string;
  /** Empty when the record belongs to no trace. */
  readonly traceId: string;
  readonly attributes: readonly string[];
}

/** Four severity numbers each, from 1 (https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber). */
const SEVERITIES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/** The log records of a request of logs, in order. */
export const recordRows = (request: OtlpRequest): readonly RecordRow[] =>
  locatedItems(request).map(({ service, fields }) => {
    const timeNs = bigintOf(fields, 'timeUnixNano');
    const number = (fields['severityNumber'] ?? 0) as number;
    return {
      timeNs: timeNs === 0n ? bigintOf(fields, 'observedTimeUnixNano') : timeNs,
      service,
      severity: SEVERITIES[Math.ceil(number / 4) - 1] ?? textOf(fields, 'severityText'),
      body: valueText(fields['body'] as AnyValue | undefined) || textOf(fields, 'eventName'),
      traceId: textOf(fields, 'traceId'),
      attributes: attributeTexts(fields.attributes),
    };
  });
