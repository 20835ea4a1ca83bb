import { gzipSync } from 'node:zlib';
import { createForwarder } from '@serverless-otlp/forwarder';
import { cloudwatchLogs as cloudwatchLogsEncoding } from '@serverless-otlp/forwarder/encodings/cloudwatch-logs';
import { otlpJson } from '@serverless-otlp/forwarder/encodings/otlp-json';
import { otlpStdout } from '@serverless-otlp/forwarder/encodings/otlp-stdout';
import { withBreaker } from '@serverless-otlp/forwarder/exporters/with-breaker';
import { withRetry } from '@serverless-otlp/forwarder/exporters/with-retry';
import { withSplit } from '@serverless-otlp/forwarder/exporters/with-split';
import { batch } from '@serverless-otlp/forwarder/processors/batch';
import { cloudwatchLogs as cloudwatchLogsReceiver } from '@serverless-otlp/forwarder/receivers/cloudwatch-logs';
import type { Exporter } from '@serverless-otlp/forwarder/types';
import type { SubscriptionEvent } from './shape.ts';

/** A minute, like the timeout the forwarder is deployed with. */
export const LAMBDA_CONTEXT: { getRemainingTimeInMillis(): number } = { getRemainingTimeInMillis: () => 60_000 };

/** The gzip bodies of the requests that one event becomes. */
export type Relay = (event: SubscriptionEvent) => Promise<readonly Buffer[]>;

/**
 * The forwarder as its standard configuration builds it, report line included, with one exchange: instead of a POST it keeps the
 * body, compressed as `otlp_http` does by default.
 */
export const relayInMemory = (): Relay => {
  let bodies: Buffer[] = [];
  let report = '';
  const exporter: Exporter = {
    name: 'memory',
    export: (telemetry) => {
      bodies.push(gzipSync(telemetry.request.bytes, { level: 1 }));
      return Promise.resolve([{ destination: 'memory', telemetry, outcome: { status: 'delivered' } }]);
    },
  };
  const pipeline = { processors: [batch()], destinations: [{ exporter: withSplit(withRetry(withBreaker(exporter))) }] };
  const forward = createForwarder({
    receivers: [cloudwatchLogsReceiver()],
    encodings: [cloudwatchLogsEncoding({ lines: [otlpStdout(), otlpJson()] })],
    pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline },
    onReport: (made) => (report = JSON.stringify(made)),
  });
  return async (event) => {
    bodies = [];
    await forward(event, LAMBDA_CONTEXT);
    if (!report.includes('"balanced":true')) throw new Error(`the forwarder lost something: ${report}`);
    return bodies;
  };
};
