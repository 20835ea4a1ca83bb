/** Prints requests with the stdout exporter: `print.ts`, with a list of {@link PrintOrder} as JSON on standard input. */
import { json } from 'node:stream/consumers';
import { type StdoutExporterOptions, writeRequest } from '@serverless-otlp/stdout-exporter';

/** One request, and how it is written. */
export interface PrintOrder {
  readonly signal: 'traces' | 'metrics' | 'logs';
  readonly base64: string;
  readonly options: StdoutExporterOptions;
}

for (const { signal, base64, options } of (await json(process.stdin)) as readonly PrintOrder[]) {
  const { dropped, error } = writeRequest(signal, Buffer.from(base64, 'base64'), options);
  if (dropped > 0) throw error ?? new Error('dropped');
}
