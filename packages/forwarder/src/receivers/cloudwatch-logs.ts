import type { Receiver } from '../types.ts';
import { redeliverWhole } from './respond/redeliver.ts';

/** What a CloudWatch Logs subscription filter invokes a function with: base64 of gzip of JSON. */
export interface CloudWatchLogsEvent {
  readonly awslogs: { readonly data: string };
}

/**
 * Receives CloudWatch Logs subscription events. The event as a whole is one record, since that is what the source can take
 * back. The blob stays closed here; the `cloudwatch_logs` encoding opens it.
 */
export const cloudwatchLogs = (): Receiver<CloudWatchLogsEvent> => ({
  name: 'cloudwatch_logs',
  accepts: (event): event is CloudWatchLogsEvent => {
    const awslogs = (event as Partial<CloudWatchLogsEvent> | null | undefined)?.awslogs;
    return typeof awslogs === 'object' && typeof (awslogs as Partial<typeof awslogs> | null)?.data === 'string';
  },
  receive: ({ awslogs }) => [{ id: 'awslogs', data: awslogs.data, attributes: {} }],
  respond: redeliverWhole,
});
