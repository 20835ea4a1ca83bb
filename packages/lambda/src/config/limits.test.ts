import { type Attributes, ROOT_CONTEXT, SeverityNumber, TraceFlags } from '@opentelemetry/api';
import { LoggerProvider, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { processSettings } from './settings.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const many = (count: number): Attributes =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${at}`, 'x'.repeat(1000)]));
const linked = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED };
const stop = () => Promise.resolve();

/** A span that says 200 of everything, under the limits of these variables. */
const spanUnder = (variables: Readonly<Record<string, string>>): ReadableSpan => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const ended: ReadableSpan[] = [];
  const processor = {
    onStart: stop,
    onEnd: (span: ReadableSpan) => ended.push(span),
    forceFlush: stop,
    shutdown: stop,
  };
  const { spanLimits } = processSettings({});
  const tracer = new TracerProvider({ spanLimits, spanProcessors: [processor] }).getTracer('t');
  const span = tracer.startSpan('x', { attributes: many(200) }, ROOT_CONTEXT);
  for (let i = 0; i < 200; i++) {
    // The oldest are dropped.
    const attributes = i === 199 ? many(200) : {};
    span.addEvent(`event ${i}`, attributes);
    span.addLink({ context: linked, attributes });
  }
  span.end();
  const [only] = ended;
  if (only === undefined) throw new Error('no span has ended');
  return only;
};

const counts = (span: ReadableSpan): object => ({
  attributes: Object.keys(span.attributes).length,
  dropped: span.droppedAttributesCount,
  length: String(Object.values(span.attributes)[0]).length,
  events: span.events.length,
  eventAttributes: Object.keys(span.events.at(-1)?.attributes ?? {}).length,
  links: span.links.length,
  linkAttributes: Object.keys(span.links.at(-1)?.attributes ?? {}).length,
});
const DEFAULTS = {
  attributes: 128,
  dropped: 72,
  length: 1000,
  events: 128,
  eventAttributes: 128,
  links: 128,
  linkAttributes: 128,
};

describe('limits of spans', () => {
  it.each([
    [{}, {}],
    [{ OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '3' }, { attributes: 3, dropped: 197 }],
    [{ OTEL_ATTRIBUTE_COUNT_LIMIT: '4' }, { attributes: 4, dropped: 196 }],
    [
      { OTEL_ATTRIBUTE_COUNT_LIMIT: '4', OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '3' },
      { attributes: 3, dropped: 197 },
    ],
    [{ OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '10' }, { length: 10 }],
    [{ OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '20' }, { length: 20 }],
    [{ OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '20', OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '10' }, { length: 10 }],
    [{ OTEL_SPAN_EVENT_COUNT_LIMIT: '5' }, { events: 5 }],
    [{ OTEL_SPAN_LINK_COUNT_LIMIT: '6' }, { links: 6 }],
    [{ OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '7' }, { eventAttributes: 7 }],
    [{ OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '8' }, { linkAttributes: 8 }],
    [{ OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '0' }, { attributes: 0, dropped: 200, length: 9 }],
  ])('%j', (variables, expected) => {
    expect(counts(spanUnder(variables))).toEqual({ ...DEFAULTS, ...expected });
  });

  it('that nobody can use are told once, and ignored: the general one counts then', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const variables = {
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '-1',
      OTEL_ATTRIBUTE_COUNT_LIMIT: '4',
      OTEL_SPAN_LINK_COUNT_LIMIT: '1.5',
    };
    for (let i = 0; i < 2; i++) expect(counts(spanUnder(variables))).toMatchObject({ attributes: 4, links: 128 });
    expect(warned.mock.calls.map(([message]) => message)).toEqual([
      expect.stringContaining('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT must be a whole number from 0; it is ignored'),
      expect.stringContaining('OTEL_SPAN_LINK_COUNT_LIMIT must be a whole number from 0; it is ignored'),
    ]);
  });

  it('are those of records of logs under their own names', () => {
    vi.stubEnv('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', '20');
    vi.stubEnv('OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', '3');
    const emitted: ReadableLogRecord[] = [];
    const processor = { onEmit: (record: ReadableLogRecord) => emitted.push(record), forceFlush: stop, shutdown: stop };
    const { logLimits } = processSettings({});
    const provider = new LoggerProvider({ logRecordLimits: logLimits, processors: [processor] });
    provider.getLogger('t').emit({ body: 'x', severityNumber: SeverityNumber.INFO, attributes: many(5) });
    expect(emitted[0]?.attributes).toEqual({ a0: 'x'.repeat(20), a1: 'x'.repeat(20), a2: 'x'.repeat(20) });
  });
});
