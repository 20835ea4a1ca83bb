export { traced, type Handler, type Traced, type TracedHandler, type TracedStreamHandler } from './traced.ts';
export { partialBatch, type BatchEvent, type BatchOptions, type BatchResponse } from './partial-batch.ts';
export { traceFields, type TraceFields } from './trace-fields.ts';
export type { FlushMode, Keep, TelemetryOptions, TracedOptions } from './options.ts';
export type { Answer, Carrier, Description, Trigger } from './trigger.ts';
export type { LambdaContext } from './lambda-context.ts';
export type { Sampler, SpanProcessor } from './sdk-types.ts';
export type { StdoutExporterOptions } from '@serverless-otlp/stdout-exporter/traces';
