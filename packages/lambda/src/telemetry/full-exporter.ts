import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { OTLPStdoutSpanExporter, type StdoutExporterOptions } from '@serverless-otlp/stdout-exporter/traces';
import { warnOnce } from '../config/warn-once.ts';

/** Writes spans in every format and to every output, and splits what is too long for one line. Loaded for those who need that. */
export const fullExporter = (options: StdoutExporterOptions): ((spans: readonly ReadableSpan[]) => void) => {
  const exporter = new OTLPStdoutSpanExporter(options);
  return (spans) =>
    exporter.export(spans, ({ error }) => {
      if (error !== undefined) warnOnce(error.message);
    });
};
