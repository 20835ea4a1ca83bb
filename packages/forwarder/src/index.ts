export { createForwarder, type Forwarder, type ForwarderOptions } from './forwarder.ts';
export type {
  DeadLetters,
  Decoded,
  Delivery,
  Destination,
  Encoding,
  Exporter,
  Fault,
  IgnoredReason,
  InflateBudget,
  Metadata,
  Outcome,
  Pipeline,
  Processor,
  Receiver,
  SourceRecord,
  Store,
  StoredObject,
  Telemetry,
  Unreadable,
} from './types.ts';
export type { DestinationCounts } from './pipeline/count.ts';
export type { ErrorCount, QuarantinedPart, Report, ReportedFault } from './pipeline/report.ts';
export type { InvocationContext } from './pipeline/deadline.ts';
export type { Authenticator, OutgoingRequest } from './http/authenticator.ts';
export { AuthenticationError } from './auth/authentication-error.ts';
export { faultOf } from './fault.ts';
export { writeRedriveReport } from './write-redrive-report.ts';
export { writeLine, writeReport } from './write-report.ts';
export { cloudwatchLogs as cloudwatchLogsReceiver } from './receivers/cloudwatch-logs.ts';
export { RedeliverError, redeliverWhole } from './receivers/respond/redeliver.ts';
export { cloudwatchLogs as cloudwatchLogsEncoding } from './encodings/cloudwatch-logs.ts';
export { otlpJson } from './encodings/otlp-json.ts';
export { otlpStdout } from './encodings/otlp-stdout.ts';
export { attributes } from './processors/attributes.ts';
export { batch } from './processors/batch.ts';
export { filter } from './processors/filter.ts';
export { debug } from './exporters/debug.ts';
export { otlpHttp } from './exporters/otlp-http.ts';
export { withBreaker } from './exporters/with-breaker.ts';
export { withRetry } from './exporters/with-retry.ts';
export { withSplit } from './exporters/with-split.ts';
export { deadLetters } from './dead-letter/dead-letters.ts';
export { originMatcher, type OriginPatterns, type OriginRule } from './match.ts';
export { createRedrive, type Redrive, type RedriveOptions } from './dead-letter/redrive.ts';
export type { LaneDestination } from './dead-letter/lane-context.ts';
export type { LaneReport, RedriveCounts, RedriveReport } from './dead-letter/redrive-report.ts';
export type { RedriveSelection, Selection } from './dead-letter/selection.ts';
export { type Fate, type PlannedObjects, type RedrivePlan } from './dead-letter/plan.ts';
export { eventIn, EVENTS_PREFIX } from './dead-letter/events.ts';
export {
  destinationOf,
  letterKey,
  type LetterKey,
  type LetterState,
  LETTER_STATES,
  parseLetterKey,
} from './dead-letter/keys.ts';
export {
  type Letter,
  type LetterHeader,
  peekLetter,
  readLetter,
  requestIn,
  type SealedLetter,
} from './dead-letter/letter.ts';
export { selectsHeader, selectsKey } from './dead-letter/selection.ts';
export { folderStore, type FolderStoreOptions } from './dead-letter/folder-store.ts';
export { s3Store, type S3StoreOptions } from './dead-letter/s3-store.ts';
export { StoreError } from './dead-letter/store-error.ts';
