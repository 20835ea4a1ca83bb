import { gzipSync } from 'node:zlib';

/** A log event as CloudWatch Logs hands it to a subscriber. */
export interface LogEvent {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly message: string;
}

/** What CloudWatch Logs invokes a subscribed Lambda function with. */
export interface SubscriptionEvent {
  readonly awslogs: { readonly data: string };
}

/** Where log events come from. */
export interface LogSource {
  /** Account; default one that does not exist. */
  readonly owner?: string;
  readonly logGroup: string;
  readonly logStream: string;
}

/** The largest log event: 1 MiB with the 26 bytes CloudWatch adds to each. A longer line reaches CloudWatch in pieces. */
export const MAX_MESSAGE_BYTES: number = 1024 * 1024 - 26;

/** The most CloudWatch puts into one subscription event: as much as one PutLogEvents call takes. */
export const EVENT_LIMITS: { readonly maxItems: number; readonly maxBytes: number } = {
  maxItems: 10_000,
  maxBytes: 1024 * 1024,
};

/** What a message counts against {@link EVENT_LIMITS}. */
export const billedBytes = (messageBytes: number): number => messageBytes + 26;

/** A subscription event the way CloudWatch Logs delivers it: JSON, gzipped, in base64. */
export const subscriptionEvent = (
  logEvents: readonly LogEvent[],
  { owner = '000000000000', logGroup, logStream }: LogSource,
): SubscriptionEvent => {
  const message = {
    messageType: 'DATA_MESSAGE',
    owner,
    logGroup,
    logStream,
    subscriptionFilters: ['serverless-otlp'],
    logEvents,
  };
  return { awslogs: { data: gzipSync(JSON.stringify(message), { level: 1 }).toString('base64') } };
};
