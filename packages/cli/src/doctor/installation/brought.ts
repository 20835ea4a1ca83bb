import { ENVELOPE_MARKER } from '@serverless-otlp/otlp';
import { brings } from './filter-pattern.ts';

const envelope = {
  [ENVELOPE_MARKER]: '0.1.0',
  source: 'checkout',
  endpoint: 'http://localhost:4318/v1/traces',
  method: 'POST',
  'content-type': 'application/x-protobuf',
  'content-encoding': 'gzip',
  payload: 'H4sIAAAAAAAA',
  base64: true,
};

/** A scalar where each signal always has one. */
const otlpJson = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'checkout' } }] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: '5b8efff798038103d269b633813fc60c',
              spanId: 'eee19b7ec3c1b174',
              name: 'GET',
              startTimeUnixNano: '1795279855000000000',
              endTimeUnixNano: '1795279856000000000',
            },
          ],
        },
      ],
    },
  ],
};

/** What functions print, by what it is called. */
const TELEMETRY: Readonly<Record<string, string>> = {
  envelopes: JSON.stringify(envelope),
  'compact envelopes': JSON.stringify({ [ENVELOPE_MARKER]: '0.1.0', source: 'checkout', payload: 'WLVdP7I' }),
  'wrapped envelopes': JSON.stringify({
    timestamp: '2026-11-21T10:00:00Z',
    level: 'INFO',
    message: JSON.stringify(envelope),
  }),
  'OTLP/JSON': JSON.stringify(otlpJson),
};

const NOISE = [
  'START RequestId: 8f5 Version: $LATEST',
  '{"timestamp":"2026-11-21T10:00:00Z","level":"INFO","message":"hello"}',
];

/** What a filter pattern brings. */
export interface Brought {
  /** Kinds of telemetry it brings. */
  readonly kinds: readonly string[];
  /** Whether it brings what is none. */
  readonly noise: boolean;
}

/** What a pattern brings of what functions print; `undefined` where that cannot be told. */
export const broughtBy = (pattern: string): Brought | undefined => {
  const all = Object.entries(TELEMETRY).map(([kind, line]) => ({ kind, is: brings(pattern, line) }));
  const noise = NOISE.map((line) => brings(pattern, line));
  if ([...all.map(({ is }) => is), ...noise].includes(undefined)) return undefined;
  return { kinds: all.filter(({ is }) => is === true).map(({ kind }) => kind), noise: noise.includes(true) };
};
