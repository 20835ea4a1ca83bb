import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import { LoggerProvider, type LogRecordProcessor, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { OTLPStdoutLogExporter } from '@serverless-otlp/stdout-exporter/logs';
import type { StdoutExporterOptions } from '@serverless-otlp/stdout-exporter/traces';
import { warnOnce } from '../config/warn-once.ts';
import { output } from './output.ts';

const MAX_HELD = 512;

/** Holds records until the invocation is flushed, or many have gathered. */
const logBuffer = (write: (records: readonly ReadableLogRecord[]) => void): LogRecordProcessor => {
  let held: ReadableLogRecord[] = [];
  const flush = (): Promise<void> => {
    const records = held;
    held = [];
    if (records.length > 0) write(records);
    return Promise.resolve();
  };
  return {
    onEmit: (record) => {
      held.push(record);
      if (held.length >= MAX_HELD) void flush();
    },
    forceFlush: flush,
    shutdown: flush,
  };
};

/** The SDK of logs, writing to standard output. */
export const logsSdk = (
  resource: Resource,
  options: StdoutExporterOptions,
  logRecordLimits: Readonly<Record<string, number>>,
): LoggerProvider => {
  const exporter = new OTLPStdoutLogExporter(options);
  const write = (records: readonly ReadableLogRecord[]): void => {
    const taker = output();
    if (taker !== undefined) {
      taker.logs(records);
      return;
    }
    context.with(suppressTracing(context.active()), () =>
      exporter.export(records, ({ error }) => {
        if (error !== undefined) warnOnce(error.message);
      }),
    );
  };
  const buffer = logBuffer(write);
  // Whoever crashes has said why.
  process.once('exit', () => void buffer.forceFlush());
  return new LoggerProvider({ resource, logRecordLimits, processors: [buffer] });
};
