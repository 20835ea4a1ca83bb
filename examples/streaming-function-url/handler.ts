import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { traced } from '@serverless-otlp/lambda';

/** A request to a Function URL, as far as it is read here. */
interface UrlEvent {
  readonly queryStringParameters?: Readonly<Record<string, string>>;
}

const MAX_ROWS = 1000;

/** Stands in for something slow that gives its answer row by row: a query, a model. */
const readRow = (number: number): Promise<string> =>
  trace.getTracer('report').startActiveSpan('read row', { attributes: { 'row.number': number } }, async (span) => {
    await sleep(10);
    span.end();
    return `${number},${number ** 2}\n`;
  });

async function* report(rows: number): AsyncGenerator<string, void> {
  yield 'number,square\n';
  for (let number = 1; number <= rows; number += 1) yield await readRow(number);
}

/** A table of so many rows, which the caller can read while it is made. The span of the invocation ends with the stream. */
export const handler = traced.stream(async (event: UrlEvent, stream: Writable): Promise<void> => {
  const rows = Math.min(Number(event.queryStringParameters?.['rows'] ?? 5), MAX_ROWS);
  await pipeline(report(rows), stream);
});
