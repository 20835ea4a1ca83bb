import type { OtlpRequest } from '@serverless-otlp/otlp';
import { attributeOf, attributeTexts, bigintOf, listOf, locatedItems, textOf, type Fields } from './message.ts';

/** What is kept of a span to show it. */
export interface SpanRow {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root span. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly service: string;
  /** `SpanKind` of OTLP: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly failed: boolean;
  /** The status message, or the first recorded exception; empty when there is neither. */
  readonly problem: string;
  readonly attributes: readonly string[];
}

const exceptionOf = (span: Fields): string | undefined => {
  const event = listOf(span, 'events').find((each) => textOf(each, 'name') === 'exception');
  const parts = [attributeOf(event, 'exception.type'), attributeOf(event, 'exception.message')];
  return event === undefined ? undefined : parts.filter((part) => part !== undefined).join(': ');
};

const STATUS_ERROR = 2;

/** The spans of a request of traces, in order. */
export const spanRows = (request: OtlpRequest): readonly SpanRow[] =>
  locatedItems(request).map(({ service, fields }) => {
    const status = (fields['status'] ?? {}) as Fields;
    const startNs = bigintOf(fields, 'startTimeUnixNano');
    const endNs = bigintOf(fields, 'endTimeUnixNano');
    return {
      traceId: textOf(fields, 'traceId'),
      spanId: textOf(fields, 'spanId'),
      parentSpanId: textOf(fields, 'parentSpanId'),
      name: textOf(fields, 'name'),
      service,
      kind: (fields['kind'] ?? 0) as number,
      startNs,
      endNs: endNs < startNs ? startNs : endNs,
      failed: status['code'] === STATUS_ERROR,
      problem: textOf(status, 'message') || (exceptionOf(fields) ?? ''),
      attributes: attributeTexts(fields.attributes),
    };
  });
