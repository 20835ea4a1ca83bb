import { gzipSync } from 'node:zlib';
import {
  cloudwatchLogsEncoding,
  cloudwatchLogsReceiver,
  createForwarder,
  batch,
  otlpJson,
  otlpStdout,
  type Report,
  type Telemetry,
} from '@serverless-otlp/forwarder';
import { type Signal, SIGNALS } from '@serverless-otlp/otlp';

/** What came out at the end of the pipeline, and its report. */
export interface Forwarded {
  readonly sent: readonly Telemetry[];
  readonly report: Report;
}

/** A subscription event as CloudWatch would deliver these lines. */
const subscriptionEvent = (lines: readonly string[], over: object = {}): unknown => {
  const logEvents = lines.map((message, index) => ({ id: `event-${index}`, timestamp: 1_755_800_000_000, message }));
  const subscription = {
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: '/aws/lambda/shop',
    logStream: '2025/08/21/[$LATEST]0',
    subscriptionFilters: ['otlp'],
    logEvents,
    ...over,
  };
  return { awslogs: { data: gzipSync(JSON.stringify(subscription)).toString('base64') } };
};

/** Runs an event through the real pipeline into an exporter that keeps what it gets. */
const forwardEvent = async (event: unknown): Promise<Forwarded> => {
  const sent: Telemetry[] = [];
  const reports: Report[] = [];
  const pipeline = {
    processors: [batch()],
    destinations: [
      {
        exporter: {
          name: 'kept',
          export: (telemetry: Telemetry) => {
            sent.push(telemetry);
            return Promise.resolve([{ destination: 'kept', telemetry, outcome: { status: 'delivered' as const } }]);
          },
        },
      },
    ],
  };
  const forwarder = createForwarder({
    receivers: [cloudwatchLogsReceiver()],
    encodings: [cloudwatchLogsEncoding({ lines: [otlpStdout(), otlpJson()], ownLogGroups: ['/aws/lambda/forwarder'] })],
    pipelines: Object.fromEntries(SIGNALS.map((signal): [Signal, typeof pipeline] => [signal, pipeline])),
    onReport: (report) => reports.push(report),
  });
  await forwarder(event, { getRemainingTimeInMillis: () => 60_000 });
  const [report] = reports;
  if (report === undefined || reports.length > 1) throw new Error(`${reports.length} reports`);
  return { sent, report };
};

/** The same for lines. */
export const forwardLines = (lines: readonly string[]): Promise<Forwarded> => forwardEvent(subscriptionEvent(lines));
