export { FILTER_PATTERNS, type FilterStrictness } from './filter-pattern.ts';
export { OtlpForwarder } from './otlp-forwarder.ts';
export type { OtlpForwarderProps } from './props.ts';
export { type Holder, type Reason, REASONS, type Sid } from './reasons.ts';
