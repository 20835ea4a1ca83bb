import { SeverityNumber, SpanKind, SpanStatusCode, TraceFlags, ValueType } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';

/** Enumerations of the API and its SDK. Their numbers are in whatever was compiled against any version of it. */
const ENUMERATIONS: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
  SamplingDecision,
  SeverityNumber,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  ValueType,
};

const MEMBER = new RegExp(`(?:\\bapi\\.|\\b)(${Object.keys(ENUMERATIONS).join('|')})\\.([A-Z_\\d]+)\\b`, 'g');

/** The same source with the numbers that members of these enumerations stand for: bundles of users need not have them then. */
export const withNumbers = (source: string): string =>
  source.replace(MEMBER, (member, enumeration: string, name: string) =>
    String(ENUMERATIONS[enumeration]?.[name] ?? member),
  );
