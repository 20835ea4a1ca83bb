/** Placeholder until the dictionary is chosen. */
export const DICTIONARY_TEXT =
  'service.name telemetry.sdk.language nodejs telemetry.sdk.name opentelemetry telemetry.sdk.version';
