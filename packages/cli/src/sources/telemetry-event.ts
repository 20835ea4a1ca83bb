import { cloudwatchLogs as cloudwatchLogsEncoding } from '@serverless-otlp/forwarder/encodings/cloudwatch-logs';
import { cloudwatchLogs as cloudwatchLogsReceiver } from '@serverless-otlp/forwarder/receivers/cloudwatch-logs';
import type { Decoded } from '@serverless-otlp/forwarder/types';
import type { EventDocument } from './events.ts';
import { LINE_ENCODINGS, UNBOUNDED } from './telemetry-line.ts';

const unreadable = (message: string): Decoded => ({
  fault: { reason: 'json', message, source: {}, sha256: '', bytes: 0 },
  content: '',
});

const receiver = cloudwatchLogsReceiver();
const encoding = cloudwatchLogsEncoding({ lines: LINE_ENCODINGS });

/** What the forwarder makes of a Lambda event. */
export const decodeEvent = (document: EventDocument): readonly Decoded[] => {
  if ('problem' in document) return [unreadable(document.problem)];
  if (!receiver.accepts(document.event)) return [unreadable('this is not a CloudWatch Logs subscription event')];
  return receiver.receive(document.event).flatMap((record) => encoding.decode(record, UNBOUNDED) ?? []);
};
