import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Signal, SIGNAL_PATHS } from '@serverless-otlp/otlp';
import { itemIds, protobufjsOracle, sampleRequest } from '@serverless-otlp/testing';

/** What a test sends of one signal. */
export interface Sample {
  readonly signal: Signal;
  readonly items: number;
  /** Of sums and histograms; default delta. */
  readonly temporality?: 'delta' | 'cumulative';
  /** Whether some metrics are summaries; default no. */
  readonly summaries?: boolean;
  /** How old it is; default a minute. */
  readonly ageMs?: number;
  /** Makes every item larger by about this many bytes; default 0. */
  readonly padding?: number;
  readonly idPrefix?: string;
}

/** When the generator's samples begin. */
const START_UNIX_NANO = 1_755_800_000_123_456_789n;
const TIMES = /^(?:timeUnixNano|startTimeUnixNano|endTimeUnixNano)$/;

type Json = Readonly<Record<string, unknown>>;

/** A copy in which `change` has had its say about every object; the innermost first. */
const changed = (value: unknown, change: (object: Json) => Json): unknown => {
  if (Array.isArray(value)) return value.map((element) => changed(element, change));
  if (typeof value !== 'object' || value === null) return value;
  return change(Object.fromEntries(Object.entries(value).map(([key, held]) => [key, changed(held, change)])));
};

const isItem = (object: Json): boolean => 'attributes' in object && Object.keys(object).some((key) => TIMES.test(key));

/** Text that hardly shrinks: limits are of what is sent, too. */
const padding = (length: number, seed: string): object => {
  const noise = createHash('shake256', { outputLength: Math.ceil((length * 3) / 4) }).update(seed);
  return { key: 'padding', value: { stringValue: noise.digest('base64').slice(0, length) } };
};

/** Backends look at times, at what kinds of metrics there are, and at sizes; the generator makes one kind of each. */
const requestOf = (sample: Sample): unknown => {
  const { signal, items, temporality = 'delta', summaries = false, ageMs = 60_000, idPrefix } = sample;
  const shift = BigInt(Date.now() - ageMs) * 1_000_000n - START_UNIX_NANO;
  const request = sampleRequest(signal, { items, ...(idPrefix === undefined ? {} : { idPrefix }) });
  return changed(request, (object) => {
    const moved = Object.entries(object).map(([key, held]): [string, unknown] => {
      if (TIMES.test(key)) return [key, String(BigInt(held as string) + shift)];
      if (key === 'aggregationTemporality') return [key, temporality === 'delta' ? 1 : 2];
      return key === 'summary' && !summaries ? ['gauge', gaugeOf(held as Json)] : [key, held];
    });
    const made = Object.fromEntries(moved);
    if (sample.padding === undefined || !isItem(made)) return made;
    const seed = JSON.stringify(made);
    return { ...made, attributes: [...(made['attributes'] as readonly object[]), padding(sample.padding, seed)] };
  });
};

const gaugeOf = ({ dataPoints }: Json): object => ({
  dataPoints: (dataPoints as readonly Json[]).map(({ timeUnixNano, attributes }) => ({
    timeUnixNano,
    attributes,
    asDouble: 1,
  })),
});

/** A line of telemetry, and the ids of what is in it. */
export interface SampleLine {
  readonly line: string;
  readonly ids: readonly string[];
}

/** An envelope as exporters print it; encoded by a codec that is not ours. */
export const lineOf = (sample: Sample): SampleLine => {
  const bytes = protobufjsOracle.encode(sample.signal, requestOf(sample));
  const envelope = {
    __otel_otlp_stdout: '0.17.3',
    source: 'shop',
    endpoint: `http://localhost:4318${SIGNAL_PATHS[sample.signal]}`,
    method: 'POST',
    'content-type': 'application/x-protobuf',
    'content-encoding': 'gzip',
    payload: gzipSync(bytes).toString('base64'),
    base64: true,
  };
  return { line: JSON.stringify(envelope), ids: itemIds(sample.signal, bytes) };
};

/** A subscription event, as CloudWatch Logs sends these lines. */
export const eventOf = (lines: readonly SampleLine[]): { readonly awslogs: { readonly data: string } } => {
  const subscription = {
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: '/aws/lambda/shop',
    logStream: '2026/11/21/[$LATEST]0',
    subscriptionFilters: ['otlp'],
    logEvents: lines.map(({ line }, index) => ({ id: `event-${index}`, timestamp: Date.now(), message: line })),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(subscription)).toString('base64') } };
};
