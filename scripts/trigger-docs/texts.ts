/** What the reference says of each trigger, in the order of the page. */
export const TRIGGER_TEXTS: Readonly<Record<string, string>> = {
  api_gateway_v1:
    'A REST API, or an HTTP API in payload format 1.0; REQUEST authorizers, too. The route is the resource (`/orders/{id}`, `/{proxy+}`).',
  api_gateway_v2: 'An HTTP API in payload format 2.0. The route is that of the route key; `$default` is none.',
  websocket: 'A WebSocket API, named after the route key. Only a connection has headers, and so a parent.',
  alb: 'An Application Load Balancer, with single or multi-value headers. It has no routes: the name is the method.',
  function_url: 'A function URL. It has no routes: the name is the method.',
  vpc_lattice_v1: 'VPC Lattice, event structure v1. It has no routes: the name is the method.',
  vpc_lattice_v2: 'VPC Lattice, event structure v2.',
  sqs: 'An SQS queue, also through EventBridge Pipes. The trace is that of the message attributes, then of what SNS or EventBridge wrapped into the body, then of any JSON body with `traceparent` at the top or in `metadata`; X-Ray has the system attribute `AWSTraceHeader`.',
  sns: 'An SNS topic. The trace is that of the message attributes, then of a JSON message.',
  eventbridge:
    'An event bus, named after the detail type. EventBridge does not hand its trace header to the event: a trace is that of `detail` or `detail.metadata`. Events of S3 are a data source.',
  scheduled:
    'A schedule of EventBridge or EventBridge Scheduler with the default input. The event does not say the expression.',
  s3: 'A notification of a bucket. It carries no trace.',
  kinesis:
    'A Kinesis data stream, also through EventBridge Pipes. It has no headers: a trace is that of JSON data with `traceparent` at the top or in `metadata`.',
  dynamodb:
    'A DynamoDB stream, also through EventBridge Pipes. A trace is that of a new item with the attributes `traceparent` (and `tracestate`, `baggage`), as an outbox has them.',
  kafka:
    'A Kafka topic, of Amazon MSK or a cluster of your own, also through EventBridge Pipes. The trace is that of the record headers, which are bytes.',
  appsync: 'A direct Lambda resolver of AppSync, for one object or a batch. The parent is that of the request headers.',
  appsync_events: 'A channel namespace handler of AppSync Events.',
  step_functions:
    'A task that is given the context object (`"Payload.$": "$$"`, or as `Context`, `context` or `Payload` beside other input). A trace is that of the input or of the execution’s input.',
  direct:
    'Anything else, such as an invocation through the API, a TOKEN authorizer, Firehose, CloudWatch Logs or S3 Object Lambda. A trace is that of `headers` in the event, of the event itself, or of the client context.',
};
