/** The fixed shape of everything that is measured: 8 span and 9 resource attributes, fresh ids, about 450 bytes a span. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type OtlpRequest, requestFromJson, writeEnvelope } from '@serverless-otlp/otlp';

type Value = string | number;

const attributes = (values: Readonly<Record<string, Value>>): readonly object[] =>
  Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
  }));

/** Fresh, incompressible like real ids, and the same in every run. */
const hexOf = (what: string, digits: number): string =>
  createHash('sha256').update(what).digest('hex').slice(0, digits);

/** 2026-01-01 in nanoseconds. */
const EPOCH_NS = 1_767_225_600_000_000_000n;

const spanOf = (line: number, index: number): object => {
  const fresh = hexOf(`span ${line} ${index}`, 64);
  const start = EPOCH_NS + BigInt(line) * 1_000_000_000n + BigInt(index) * 7_654_321n;
  return {
    traceId: hexOf(`trace ${line}`, 32),
    spanId: fresh.slice(0, 16),
    parentSpanId: fresh.slice(16, 32),
    name: 'POST /orders/{orderId}/items',
    kind: 2,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + BigInt(Number.parseInt(fresh.slice(32, 38), 16)) * 10n),
    attributes: attributes({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'http.route': '/orders/{orderId}/items',
      'url.path': `/orders/${fresh.slice(40, 52)}/items`,
      'server.address': 'api.shop.example.com',
      'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
      'aws.request_id': `${fresh.slice(0, 8)}-${fresh.slice(8, 12)}-4${fresh.slice(13, 16)}-${fresh.slice(20, 32)}`,
      'app.cart.items': Number.parseInt(fresh.slice(60, 62), 16),
    }),
    status: {},
  };
};

const resourceOf = (): object => ({
  attributes: attributes({
    'service.name': 'checkout',
    'service.version': '1.42.0',
    'cloud.provider': 'aws',
    'cloud.region': 'eu-central-1',
    'faas.name': 'shop-checkout-prod',
    'faas.version': '$LATEST',
    'faas.instance': '2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef',
    'faas.max_memory': 268_435_456,
    'telemetry.sdk.language': 'nodejs',
  }),
});

/** The OTLP/JSON object of line number `line`. */
export const messageOf = (line: number, spans: number): object => ({
  resourceSpans: [
    {
      resource: resourceOf(),
      scopeSpans: [
        {
          scope: { name: '@opentelemetry/instrumentation-http', version: '0.205.0' },
          spans: Array.from({ length: spans }, (_, index) => spanOf(line, index)),
        },
      ],
    },
  ],
});

/** The request of line number `line`. */
export const requestOf = (line: number, spans: number): OtlpRequest => requestFromJson(messageOf(line, spans));

/** `count` envelopes of `spans` spans each, one line each. */
export const envelopeLines = (count: number, spans: number): readonly string[] =>
  Array.from({ length: count }, (_, line) =>
    writeEnvelope(requestOf(line, spans), { source: 'checkout', version: '0.1.0' }),
  );

/** `count` lines of plain OTLP/JSON of `spans` spans each. */
export const jsonLines = (count: number, spans: number): readonly string[] =>
  Array.from({ length: count }, (_, line) => JSON.stringify(messageOf(line, spans)));

/** What a CloudWatch Logs subscription filter invokes a function with. */
export interface SubscriptionEvent {
  readonly awslogs: { readonly data: string };
}

/** The subscription event of these lines of one log stream. */
export const eventOf = (lines: readonly string[]): SubscriptionEvent => {
  const subscription = {
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: '/aws/lambda/shop-checkout-prod',
    logStream: '2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef',
    subscriptionFilters: ['telemetry'],
    logEvents: lines.map((message, index) => ({
      id: `3${hexOf(`event ${index}`, 14)}`.padEnd(56, '0'),
      timestamp: 1_767_225_600_000 + index,
      message: `${message}\n`,
    })),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(subscription)).toString('base64') } };
};
