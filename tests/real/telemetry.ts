import { requestType, type Signal } from './schema.ts';
import { metrics } from './telemetry-metrics.ts';
import { everyKind, type Fields, id, MAX_UINT64, resource, scope, START, text } from './telemetry-parts.ts';

const span = (seed: string, index: number): Fields => ({
  trace_id: id(`${seed} trace`, 16),
  span_id: id(`${seed} span ${index}`, 8),
  ...(index === 0 ? {} : { parent_span_id: id(`${seed} span 0`, 8) }),
  trace_state: 'vendor=1',
  flags: 0x301,
  name: `GET /items/${index}`,
  kind: index % 6,
  start_time_unix_nano: String(START + BigInt(index)),
  end_time_unix_nano: index === 1 ? MAX_UINT64 : String(START + 1_000_000n + BigInt(index)),
  attributes: everyKind(`${seed} ${index}`),
  dropped_attributes_count: 3,
  events: [
    {
      time_unix_nano: String(START),
      name: 'exception',
      attributes: [text('exception.type', 'Error')],
      dropped_attributes_count: 4,
    },
    { name: 'bare' },
  ],
  dropped_events_count: 5,
  links: [
    {
      trace_id: id(`${seed} other`, 16),
      span_id: id(`${seed} other`, 8),
      trace_state: 'a=b',
      attributes: [text('link', 'yes')],
      flags: 1,
    },
  ],
  dropped_links_count: 6,
  ...(index % 3 === 0 ? {} : { status: { code: index % 3, message: index % 3 === 2 ? 'boom' : '' } }),
});

const logRecord = (seed: string, index: number): Fields => ({
  time_unix_nano: String(START + BigInt(index)),
  observed_time_unix_nano: String(START + 5n),
  severity_number: 1 + (index % 24),
  severity_text: 'INFO2',
  body:
    index % 3 === 0
      ? { string_value: `order ${seed} ${index}` }
      : index % 3 === 1
        ? { kvlist_value: { values: everyKind(seed) } }
        : {},
  attributes: everyKind(seed),
  dropped_attributes_count: 1,
  flags: 1,
  trace_id: id(`${seed} trace`, 16),
  span_id: id(`${seed} span`, 8),
  event_name: 'order.placed',
});

const requestOf: Readonly<Record<Signal, (seed: string, items: number) => Fields>> = {
  traces: (seed, items) => ({
    resource_spans: [
      {
        resource: resource(seed),
        schema_url: 'https://opentelemetry.io/schemas/1.38.0',
        scope_spans: [
          {
            scope: scope(seed),
            schema_url: 'https://example.com/scope',
            spans: Array.from({ length: items }, (_, index) => span(seed, index)),
          },
        ],
      },
    ],
  }),
  metrics: (seed, items) => ({
    resource_metrics: [
      {
        resource: resource(seed),
        scope_metrics: [
          { scope: scope(seed), metrics: Array.from({ length: items }, (_, index) => metrics(seed, index)).flat() },
        ],
      },
    ],
  }),
  logs: (seed, items) => ({
    resource_logs: [
      {
        resource: resource(seed),
        scope_logs: [
          { scope: scope(seed), log_records: Array.from({ length: items }, (_, index) => logRecord(seed, index)) },
        ],
      },
      { scope_logs: [{ log_records: [logRecord(`${seed} without resource and scope`, 0)] }] },
    ],
  }),
};

/** An encoded request with telemetry of every shape; equal seeds give equal bytes. */
export const generateRequest = (signal: Signal, seed: string, items: number): Uint8Array => {
  const type = requestType(signal);
  return type.encode(type.fromObject(requestOf[signal](seed, items))).finish();
};
