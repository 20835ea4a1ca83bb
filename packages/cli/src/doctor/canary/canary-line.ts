import { requestFromJson, writeEnvelope } from '@serverless-otlp/otlp';

/** A trace that everybody recognises, in one line. */
export interface CanaryLine {
  readonly line: string;
  readonly traceId: string;
  /** How many spans it has: by this number the report of the forwarder is recognised, which names no ids. */
  readonly spans: number;
}

/** Where chance comes from: so many bytes in hex, and a whole number below another. */
export interface Chance {
  readonly hex: (bytes: number) => string;
  readonly below: (end: number) => number;
}

const LEAST_SPANS = 23;
const MORE_SPANS = 177;

/** One envelope that holds one trace of service `serverless-otlp-canary`, which began at `nowMs`. */
export const canaryLine = ({ hex, below }: Chance, nowMs: number): CanaryLine => {
  const spans = LEAST_SPANS + below(MORE_SPANS);
  const traceId = hex(16);
  const root = hex(8);
  const time = (ms: number): string => `${BigInt(Math.trunc(ms)) * 1_000_000n}`;
  const spanOf = (_: unknown, index: number): object => ({
    traceId,
    spanId: index === 0 ? root : hex(8),
    ...(index === 0 ? {} : { parentSpanId: root }),
    name: index === 0 ? 'serverless-otlp doctor --canary' : 'chirp',
    kind: 1,
    startTimeUnixNano: time(nowMs),
    endTimeUnixNano: time(nowMs + 1),
  });
  const request = requestFromJson({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'serverless-otlp-canary' } }] },
        scopeSpans: [{ scope: { name: 'serverless-otlp/doctor' }, spans: Array.from({ length: spans }, spanOf) }],
      },
    ],
  });
  return { line: writeEnvelope(request, { source: 'serverless-otlp-canary', version: '0.1.0' }), traceId, spans };
};
