/** The smallest events other sources send: enough to tell them apart by the fields they are known by. */
export const AWS_EVENTS = {
  cloudwatchLogs: { awslogs: { data: 'H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA==' } },
  kinesis: {
    Records: [
      {
        eventSource: 'aws:kinesis',
        eventID: 'shardId-000000000000:1',
        kinesis: { partitionKey: 'key', sequenceNumber: '1', data: 'e30=' },
      },
    ],
  },
  sqs: {
    Records: [{ eventSource: 'aws:sqs', messageId: 'id-1', receiptHandle: 'handle', body: '{}', attributes: {} }],
  },
  sns: { Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', Sns: { MessageId: 'id-1', Message: '{}' } }] },
  s3: { Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: { object: { key: 'key' } } }] },
  dynamodb: { Records: [{ eventSource: 'aws:dynamodb', eventName: 'INSERT', dynamodb: { SequenceNumber: '1' } }] },
  firehose: {
    invocationId: 'id-1',
    deliveryStreamArn: 'arn:aws:firehose:eu-central-1:123456789012:deliverystream/name',
    records: [{ recordId: 'record-1', data: 'e30=' }],
  },
  eventBridge: { version: '0', id: 'id-1', 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} },
  functionUrl: { version: '2.0', rawPath: '/v1/traces', requestContext: { http: { method: 'POST' } }, body: '{}' },
  apiGateway: { resource: '/{proxy+}', path: '/v1/traces', httpMethod: 'POST', headers: {}, body: '{}' },
} as const;

/** The sources of {@link AWS_EVENTS}. */
export type AwsEventName = keyof typeof AWS_EVENTS;

/** Values that no source sends. */
export const NO_EVENTS: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  Number.NaN,
  '',
  'text',
  [],
  {},
  [{}],
  { Records: null },
  { Records: [] },
  { Records: [null] },
  { awslogs: null },
  { awslogs: {} },
  { awslogs: { data: 1 } },
  { records: [] },
];
