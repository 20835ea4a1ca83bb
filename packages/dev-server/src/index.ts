export { startOtlpServer, type OtlpServer, type OtlpServerOptions } from './server/otlp-server.ts';
export type { Answer, ErrorAnswer, PartialAnswer, Received } from './server/handle.ts';
export { spanRows, type SpanRow } from './store/spans.ts';
export { pointRows, type PointRow } from './store/points.ts';
export { recordRows, type RecordRow } from './store/records.ts';
export { traceTree, type TreeRow } from './store/trace-tree.ts';
export { createTraceStore, type StoredTrace, type TraceStore, type TraceStoreLimits } from './store/trace-store.ts';
