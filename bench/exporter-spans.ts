/** What a function behind an API traces, with names and values as instrumentation writes them: a handler, and what it called. */
export interface SpanShape {
  readonly name: string;
  /** `SpanKind` of every SDK line: 0 internal, 1 server, 2 client. */
  readonly kind: 0 | 1 | 2;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** Attributes of the resource: what the detectors of the SDK find in a Lambda function. */
export const RESOURCE: SpanShape['attributes'] = {
  'service.name': 'checkout-orders',
  'telemetry.sdk.language': 'nodejs',
  'telemetry.sdk.name': 'opentelemetry',
  'telemetry.sdk.version': '2.12.1',
  'cloud.provider': 'aws',
  'cloud.platform': 'aws_lambda',
  'cloud.region': 'eu-central-1',
  'cloud.account.id': '123456789012',
  'faas.name': 'checkout-orders',
  'faas.version': '$LATEST',
  'faas.instance': '2026/11/21/[$LATEST]8c1f0e1c9b5b4b6c8e3c27b4a7d35f10',
  'faas.max_memory': 268_435_456,
};

/** The span of the handler. */
export const HANDLER: SpanShape = {
  name: 'POST /orders',
  kind: 1,
  attributes: {
    'faas.trigger': 'http',
    'faas.invocation_id': '6f1d2c1e-8f0a-4a57-9d0c-7d3f5b1c2e9a',
    'faas.coldstart': false,
    'cloud.resource_id': 'arn:aws:lambda:eu-central-1:123456789012:function:checkout-orders',
    'http.request.method': 'POST',
    'http.route': '/orders',
    'url.path': '/orders',
    'url.scheme': 'https',
    'server.address': 'api.example.com',
    'network.protocol.version': '1.1',
    'client.address': '203.0.113.42',
    'user_agent.original':
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36',
    'http.response.status_code': 201,
  },
};

const dynamo = (operation: string, table: string, index: number): SpanShape => ({
  name: `DynamoDB.${operation}`,
  kind: 2,
  attributes: {
    'rpc.system': 'aws-api',
    'rpc.service': 'DynamoDB',
    'rpc.method': operation,
    'db.system': 'dynamodb',
    'db.operation.name': operation,
    'aws.dynamodb.table_names': table,
    'aws.request_id': `${index}QJ8F7V5K3RT9ML2C4XE6WBHNVV4KQNSO5AEMVJF66Q9ASUAAJG`,
    'cloud.region': 'eu-central-1',
    'http.response.status_code': 200,
  },
});

const request = (host: string, path: string, index: number): SpanShape => ({
  name: 'GET',
  kind: 2,
  attributes: {
    'http.request.method': 'GET',
    'url.full': `https://${host}${path}?page=${index}`,
    'server.address': host,
    'server.port': 443,
    'network.peer.address': `10.0.${index}.17`,
    'network.peer.port': 443,
    'http.response.status_code': index % 7 === 0 ? 404 : 200,
  },
});

const step = (name: string, index: number): SpanShape => ({
  name,
  kind: 0,
  attributes: { 'order.items': index, 'order.currency': 'EUR', 'customer.tier': index % 2 === 0 ? 'gold' : 'none' },
});

const CHILDREN: readonly ((index: number) => SpanShape)[] = [
  (index) => step('validate order', index),
  (index) => dynamo('GetItem', 'customers', index),
  (index) => request('prices.example.com', '/v2/prices', index),
  (index) => dynamo('PutItem', 'orders', index),
  (index) => request('stock.example.com', '/reservations', index),
];

/** The spans of one invocation: the handler's first, then `children` spans below it, each its own. */
export const invocationSpans = (children: number): readonly SpanShape[] => [
  HANDLER,
  ...Array.from({ length: children }, (_, index) => CHILDREN[index % CHILDREN.length]?.(index + 1) ?? HANDLER),
];

/** Spans that may be alone in a line, one of each kind. */
export const SINGLE_SPANS: readonly SpanShape[] = [HANDLER, ...CHILDREN.slice(0, 3).map((child) => child(1))];
