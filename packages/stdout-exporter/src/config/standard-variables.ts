import { environment } from './environment.ts';

/** A number, whole or not; `undefined` for anything else. */
export const numberOf = (name: string): number | undefined => {
  const text = environment(name);
  return text !== undefined && /^\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : undefined;
};

/** Words with commas between, in lower case. */
export const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '');

/** Whether `OTEL_SDK_DISABLED` switches everything off. */
export const disabled = (): boolean => environment('OTEL_SDK_DISABLED')?.toLowerCase() === 'true';

/** `none` switches a signal off; whatever else is said, lines are what these packages write. */
export const wanted = (signal: 'TRACES' | 'METRICS' | 'LOGS'): boolean =>
  environment(`OTEL_${signal}_EXPORTER`)?.toLowerCase() !== 'none';

/** Limits under the names the SDK's constructors use. */
export type Limits = Readonly<Record<string, number>>;

/** Takes one sentence that names a variable. */
type Warn = (message: string) => void;

/** A value nobody can use is told and counts as not set. Source: OpenTelemetry specification, "Parsing numeric value". */
const limitOf = (name: string, warn: Warn): number | undefined => {
  const value = numberOf(name);
  if (Number.isInteger(value)) return value;
  if (environment(name) !== undefined) warn(`${name} must be a whole number from 0; it is ignored`);
  return undefined;
};

/** The limits that are set. @param variables what stands between `OTEL_` and `_LIMIT`, most specific first. */
const limits = (variables: Readonly<Record<string, readonly string[]>>, warn: Warn): Limits =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([limit, names]) => {
      const value = names.map((name) => limitOf(`OTEL_${name}_LIMIT`, warn)).find((number) => number !== undefined);
      return value === undefined ? [] : [[limit, value]];
    }),
  );

const attributeLimits = (of: 'SPAN' | 'LOGRECORD'): Readonly<Record<string, readonly string[]>> => ({
  attributeCountLimit: [`${of}_ATTRIBUTE_COUNT`, 'ATTRIBUTE_COUNT'],
  attributeValueLengthLimit: [`${of}_ATTRIBUTE_VALUE_LENGTH`, 'ATTRIBUTE_VALUE_LENGTH'],
});

/**
 * Limits of spans. SDK 3.x reads no variable itself, SDK 2.x most: given here they mean the same for both.
 * Source: OpenTelemetry specification, "Environment Variable Specification".
 */
export const spanLimits = (warn: Warn): Limits =>
  limits(
    {
      ...attributeLimits('SPAN'),
      eventCountLimit: ['SPAN_EVENT_COUNT'],
      linkCountLimit: ['SPAN_LINK_COUNT'],
      attributePerEventCountLimit: ['EVENT_ATTRIBUTE_COUNT'],
      attributePerLinkCountLimit: ['LINK_ATTRIBUTE_COUNT'],
    },
    warn,
  );

/** Limits of log records. */
export const logLimits = (warn: Warn): Limits => limits(attributeLimits('LOGRECORD'), warn);
