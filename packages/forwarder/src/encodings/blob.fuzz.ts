import { gzipSync } from 'node:zlib';
import { inflateBudget } from '../pipeline/budget.ts';
import { cloudwatchLogs } from './cloudwatch-logs.ts';
import { fuzz as fuzzLine, seeds as lines } from './line.fuzz.ts';
import { otlpJson } from './otlp-json.ts';
import { otlpStdout } from './otlp-stdout.ts';

const encoding = cloudwatchLogs({ lines: [otlpStdout(), otlpJson()], ownLogGroups: ['own'] });

const subscription = JSON.stringify({
  messageType: 'DATA_MESSAGE',
  owner: '1',
  logGroup: 'g',
  logStream: 's',
  logEvents: lines.map((line, id) => ({ id: String(id), timestamp: 1, message: Buffer.from(line).toString() })),
});

/** Subscriptions to start from: plain, since compressed ones hardly survive a mutation, and compressed. */
export const seeds: readonly Uint8Array[] = [Buffer.from(subscription), gzipSync(subscription)];

/** An arbitrary blob, and the gzip of arbitrary bytes: never a throw, never a bug of an encoding. */
export const fuzz = (bytes: Uint8Array): void => {
  for (const data of [bytes, gzipSync(bytes, { level: 1 }), Buffer.from(bytes).toString('base64')]) {
    for (const found of encoding.decode({ id: 'id', data, attributes: {} }, inflateBudget()) ?? []) {
      if ('fault' in found && found.fault.reason === 'encoding_bug') throw new Error('an encoding threw');
    }
  }
  fuzzLine(bytes.subarray(0, 4_096));
};
