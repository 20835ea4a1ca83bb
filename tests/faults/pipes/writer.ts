/** Writes numbered lines to standard output, the number in `source`: `writer.ts <WriterOrder as JSON>`. */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { writeRequest } from '@serverless-otlp/stdout-exporter';
import type { Progress, WriterOrder } from './protocol.ts';
import { requestsOf } from './requests.ts';

const CONTROL = 3;
const order = JSON.parse(process.argv[2] ?? '{}') as WriterOrder;
const requestAt = requestsOf(order.largeBytes ?? 0);

let attempts = 0;
let written = 0;
let dropped = 0;

const write = (maxWaitMs: number): boolean => {
  const result = writeRequest('traces', requestAt(attempts), { source: String(attempts), maxWaitMs });
  attempts++;
  written += result.lines;
  dropped += result.dropped;
  return result.lines > 0;
};

const say = (done: boolean): void => {
  const progress: Progress = { attempts, written, dropped, done };
  writeSync(CONTROL, `${JSON.stringify(progress)}\n`);
};

while (attempts < order.lines) {
  write(order.maxWaitMs);
  if (order.sayEvery !== undefined && attempts % order.sayEvery === 0) say(false);
  if (order.stopEvery !== undefined && attempts % order.stopEvery === 0) {
    say(false);
    await once(process.stdin, 'data');
  }
}
if (order.untilHeard === true) {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  while (!write(60_000)) Atomics.wait(cell, 0, 0, 20);
}
say(true);
process.stdin.destroy();
