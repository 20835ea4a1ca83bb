import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Forwarder } from '@serverless-otlp/forwarder';
import type { Benchmark, Effort } from './benchmark.ts';
import { withBundle } from './bundle.ts';
import { assertEqualSpans } from './decoder.ts';
import { type Destination, startDestination } from './destination.ts';
import type { Figure } from './figure.ts';
import { floor, floorPost } from './floor.ts';
import { LAMBDA_CONTEXT } from './forwarder.ts';
import { interleaved, median } from './measure.ts';
import { envelopeLines, eventOf } from './shape.ts';

/** Lambda gives one whole CPU at 1769 MB, and in proportion: CPU time costs the same GB-seconds at every size. */
const GB_PER_CPU = 1769 / 1024;

/** Warm means compiled: V8 takes thousands of events for that, and begins anew when another shape refutes what it assumed. */
const WARM_EVENTS = 2_000;

const measureCase = async (
  handler: Forwarder,
  destination: Destination,
  envelopes: number,
  spans: number,
  { quick }: Effort,
): Promise<readonly Figure[]> => {
  const event = eventOf(envelopeLines(envelopes, spans));
  const url = `${destination.url}/v1/traces`;
  const ours = (): Promise<unknown> => handler(event, LAMBDA_CONTEXT);
  const theirs = (): Promise<void> => floorPost(url, floor(event));

  await ours();
  const sent = gunzipSync(await destination.lastBody());
  await theirs();
  assertEqualSpans(sent, gunzipSync(await destination.lastBody()), envelopes * spans);

  for (let warm = 0; warm < WARM_EVENTS; warm++) {
    await ours();
    await theirs();
  }
  const rounds = { rounds: quick ? 25 : 81, runs: 60, warmups: 15, collect: false };
  const [own = [], base = []] = await interleaved([ours, theirs], rounds);
  const share = median(own.map((time, round) => 1 - (base[round] ?? NaN) / time));
  const part = `${envelopes}x${spans}`;
  return [
    {
      name: 'own_share_by_event',
      part,
      value: share,
      note: `${Math.round(median(own))} µs of CPU, ${Math.round(median(base))} of them unavoidable`,
    },
    {
      name: 'gb_seconds_per_million_events',
      part,
      value: median(own) * GB_PER_CPU,
      note: 'computing; waiting for the answer comes on top',
    },
  ];
};

/** The common case, warm: an event of a few lines through the bundled handler to a kept-alive connection. */
export const smallBenchmark: Benchmark = (effort) =>
  withBundle(async (index) => {
    const destination = await startDestination();
    try {
      process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = destination.url;
      const { handler } = (await import(pathToFileURL(index).href)) as { readonly handler: Forwarder };
      const figures: Figure[] = [];
      for (const envelopes of [1, 5, 20]) {
        for (const spans of [1, 10])
          figures.push(...(await measureCase(handler, destination, envelopes, spans, effort)));
      }
      const shares = figures.filter(({ name }) => name === 'own_share_by_event').map(({ value }) => value);
      return [
        {
          name: 'own_share',
          value: median(shares),
          atMost: 0.2,
          note: 'the median of the six: CPU above native operations and one bare POST',
        },
        ...figures,
      ];
    } finally {
      destination.stop();
    }
  });
