export type { AlarmOptions } from './alarms.ts';
export type { AuditTrail } from './audit.ts';
export type { DeadLetterLifecycle } from './bucket.ts';
export { ASSETS_CONTEXT } from './code.ts';
export type { KeptConfiguration } from './configuration.ts';
export type { Destination, Processors, Signal } from './destinations.ts';
export { FILTER_PATTERNS, type FilterStrictness } from './filter-pattern.ts';
export { instrument, instrumentAll, type InstrumentAllOptions, type InstrumentOptions } from './instrument.ts';
export type { NetworkOptions } from './network.ts';
export { OtlpForwarder } from './otlp-forwarder.ts';
export type { OtlpForwarderProps } from './props.ts';
export { type Holder, type Reason, REASONS, type Sid } from './reasons.ts';
export type {
  AttributesSettings,
  BatchSettings,
  FilterSettings,
  OtlpHttpSettings,
  Scalar,
  ServiceSettings,
} from './settings.ts';
export type { AllLogGroups, ListedLogGroups } from './subscriptions.ts';
export { parameterValue, type SecretLike, secretValue, type Text, type Value, type ValueOptions } from './values.ts';
