import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Benchmark } from './benchmark.ts';
import { bombs } from './bombs.ts';
import { withBundle } from './bundle.ts';
import { startDestination } from './destination.ts';
import type { Figure } from './figure.ts';
import { largestEvent } from './largest-event.ts';
import { envelopeLines, jsonLines, type SubscriptionEvent } from './shape.ts';

const child = fileURLToPath(new URL('memory-child.ts', import.meta.url));
const MB = 1024 * 1024;

/**
 * V8 sizes its heap by the memory of the machine: with 256 MB it takes these limits (measured with Node.js 24), and a machine with
 * much memory would let garbage lie that Lambda collects.
 */
const LAMBDA_HEAP = ['--max-old-space-size=256', '--max-semi-space-size=1'];

/** A warm environment keeps what the first event left. What V8 makes of that varies by ten megabytes, so it is told, not judged. */
const WARM_INVOCATIONS = 3;

/** Peak resident megabytes of a process that runs the bundle on this event. A process that dies of it has no peak. */
const peakMb = async (
  bundle: string,
  variables: Readonly<Record<string, string>>,
  event: SubscriptionEvent,
  invocations: number,
): Promise<number> => {
  const file = join(dirname(bundle), 'event.json');
  writeFileSync(file, JSON.stringify(event));
  const running = fork(child, [bundle, file, String(invocations)], {
    execArgv: LAMBDA_HEAP,
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const peak = new Promise<number>((resolve, reject) => {
    running.on('message', (bytes) => resolve(Number(bytes) / MB));
    running.on('exit', (code, signal) => reject(new Error(`the handler ended with ${String(signal ?? code)}`)));
  });
  return peak;
};

/** The most memory the deployable ever holds. */
export const memoryBenchmark: Benchmark = () =>
  withBundle(async (bundle) => {
    const destination = await startDestination();
    try {
      let variables: Readonly<Record<string, string>> = { OTEL_EXPORTER_OTLP_ENDPOINT: destination.url };
      const measure = (event: SubscriptionEvent, invocations = 1): Promise<number> =>
        peakMb(bundle, variables, event, invocations);
      // Full of spans that come alone, which compress best, and of batches.
      const worst = async (
        lines: (count: number, spans: number) => readonly string[],
        invocations?: number,
      ): Promise<number> => {
        const peaks = [1, 10].map(
          (spans) => () =>
            measure(
              largestEvent((count) => lines(count, spans)),
              invocations,
            ),
        );
        let most = 0;
        for (const peak of peaks) most = Math.max(most, await peak());
        return most;
      };
      const envelopes = await worst(envelopeLines);
      const json = await worst(jsonLines);
      const figures: Figure[] = [];
      for (const [part, event] of bombs()) {
        figures.push({ name: 'bomb_mb_by_kind', part, value: await measure(event), note: '' });
      }
      const bomb = Math.max(...figures.map(({ value }) => value));
      // Nobody listens there: everything goes into the store.
      variables = {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
        OTLP_FORWARDER_DEAD_LETTER: join(dirname(bundle), 'dead-letters'),
      };
      const stored = Math.max(await worst(envelopeLines), await worst(jsonLines));
      return [
        { name: 'envelope_mb', value: envelopes, atMost: 110, note: 'peak resident, largest event of envelopes' },
        { name: 'json_mb', value: json, atMost: 200, note: 'peak resident, largest event of plain OTLP/JSON' },
        {
          name: 'stored_mb',
          value: stored,
          atMost: 200,
          note: 'peak resident, the larger of the two with its destination down and a folder as store',
        },
        {
          name: 'bomb_mb',
          value: bomb,
          atMost: Math.max(envelopes, json) * 1.1,
          note: 'the worst of all bombs; at most the largest event and a tenth',
        },
        {
          name: 'envelope_mb_warm',
          value: await worst(envelopeLines, WARM_INVOCATIONS),
          note: `the same after ${WARM_INVOCATIONS} such events in one process`,
        },
        { name: 'json_mb_warm', value: await worst(jsonLines, WARM_INVOCATIONS), note: 'likewise' },
        ...figures,
      ];
    } finally {
      destination.stop();
    }
  });
