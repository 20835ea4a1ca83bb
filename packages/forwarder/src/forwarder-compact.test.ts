import { gzipSync } from 'node:zlib';
import { compactDeflate } from '@serverless-otlp/otlp/compact';
import { sampleBytes } from '@serverless-otlp/testing';
import { expect, it } from 'vitest';
import {
  cloudwatchLogsEncoding,
  cloudwatchLogsReceiver,
  createForwarder,
  type Exporter,
  otlpStdout,
  type Report,
} from './index.ts';

const exporter: Exporter = {
  name: 'double',
  export: (telemetry) =>
    Promise.resolve([{ destination: 'double', telemetry, outcome: { status: 'delivered' as const } }]),
};

it('reads the first compact line of an environment as well as the second', async () => {
  const reports: Report[] = [];
  const forwarder = createForwarder({
    receivers: [cloudwatchLogsReceiver()],
    encodings: [cloudwatchLogsEncoding({ lines: [otlpStdout()] })],
    pipelines: { traces: { processors: [], destinations: [{ exporter }] } },
    onReport: (report) => reports.push(report),
  });
  const payload = compactDeflate(sampleBytes('traces', { items: 3 }), 6).toString('base64');
  const message = JSON.stringify({ __otel_otlp_stdout: '0.1.0', source: 's', payload });
  const logEvents = [{ id: '0', timestamp: 0, message }];
  const data = { messageType: 'DATA_MESSAGE', owner: '1', logGroup: 'g', logStream: 's', logEvents };
  const event = { awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } };
  for (let i = 0; i < 2; i++) await forwarder(event, { getRemainingTimeInMillis: () => 60_000 });
  expect(reports.map(({ lines }) => lines)).toMatchObject([
    { decoded: 1, quarantined: 0 },
    { decoded: 1, quarantined: 0 },
  ]);
});
