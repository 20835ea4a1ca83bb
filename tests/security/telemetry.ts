import { gzipSync } from 'node:zlib';
import { type Signal, SIGNAL_PATHS } from '@serverless-otlp/otlp';
import { protobufjsOracle, sampleRequest } from '@serverless-otlp/testing';
import type { ReceivedRequest } from '@serverless-otlp/testing/fake-collector';

/** OTLP/JSON with items whose ids begin with the prefix. */
export const jsonOf = (signal: Signal, prefix: string, items = 1): object =>
  sampleRequest(signal, { items, idPrefix: prefix });

/** The same as protobuf, written by a codec that is not ours. */
export const protobufOf = (signal: Signal, prefix: string, items = 1): Buffer =>
  Buffer.from(protobufjsOracle.encode(signal, jsonOf(signal, prefix, items)));

/** An envelope as exporters print it; any field may be replaced. */
export const envelopeOf = (signal: Signal, content: Uint8Array, over: object = {}): string =>
  JSON.stringify({
    __otel_otlp_stdout: '0.17.3',
    source: 'shop',
    endpoint: `http://localhost:4318${SIGNAL_PATHS[signal]}`,
    method: 'POST',
    'content-type': 'application/x-protobuf',
    'content-encoding': 'gzip',
    payload: gzipSync(content).toString('base64'),
    base64: true,
    ...over,
  });

/** An honest line. */
export const line = (signal: Signal, prefix: string, over: object = {}): string =>
  envelopeOf(signal, protobufOf(signal, prefix), over);

/** A subscription event, as CloudWatch would send these lines. */
export const eventOf = (
  lines: readonly string[],
  over: object = {},
): { readonly awslogs: { readonly data: string } } => {
  const logEvents = lines.map((message, index) => ({ id: `event-${index}`, timestamp: 1_795_000_000_000, message }));
  const subscription = {
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: '/aws/lambda/shop',
    logStream: '2026/11/21/[$LATEST]0',
    subscriptionFilters: ['otlp'],
    logEvents,
    ...over,
  };
  return { awslogs: { data: gzipSync(JSON.stringify(subscription)).toString('base64') } };
};

const SIGNAL_OF_PATH = new Map(Object.entries(SIGNAL_PATHS).map(([signal, path]) => [path, signal as Signal]));

/** What a collector got, decoded by a codec that is not ours. */
export const receivedJson = (requests: readonly ReceivedRequest[]): readonly string[] =>
  requests.map(({ path, body }) => {
    const signal = SIGNAL_OF_PATH.get(path);
    return signal === undefined ? '' : JSON.stringify(protobufjsOracle.decode(signal, body));
  });

/** How many items with ids of this prefix a collector got. */
export const itemsOf = (requests: readonly ReceivedRequest[], prefix: string): number =>
  receivedJson(requests).reduce((sum, text) => sum + text.split(`${prefix}-`).length - 1, 0);
