import { gunzipSync } from 'node:zlib';
import { mergeRequests, parseRequest } from '@serverless-otlp/otlp';
import type { Benchmark, Effort } from './benchmark.ts';
import { assertEqualSpans, mergeByDecoding, relayByDecoding } from './decoder.ts';
import type { Figure } from './figure.ts';
import { floor, floorPayloads } from './floor.ts';
import { relayInMemory } from './forwarder.ts';
import { interleaved, median, medianRatio } from './measure.ts';
import { envelopeLines, eventOf } from './shape.ts';

interface Case {
  readonly envelopes: number;
  readonly spans: number;
  readonly mergeAtLeast: number;
}

/** Two full events: batches of ten spans, and spans that come alone. */
const CASES: readonly Case[] = [
  { envelopes: 450, spans: 10, mergeAtLeast: 15 },
  { envelopes: 1000, spans: 1, mergeAtLeast: 9 },
];

const mergeValidated = (payloads: readonly Uint8Array[]): Uint8Array =>
  mergeRequests(payloads.map((payload) => parseRequest('traces', payload))).bytes;

const measureCase = async ({ envelopes, spans, mergeAtLeast }: Case, { quick }: Effort): Promise<readonly Figure[]> => {
  const event = eventOf(envelopeLines(envelopes, spans));
  const payloads = floorPayloads(event);
  const relay = relayInMemory();

  const [body] = await relay(event);
  if (body === undefined) throw new Error('nothing was relayed');
  assertEqualSpans(gunzipSync(body), gunzipSync(floor(event)), envelopes * spans);
  assertEqualSpans(mergeValidated(payloads), mergeByDecoding(payloads), envelopes * spans);

  const rounds = quick
    ? { rounds: 7, runs: 6, warmups: 3, collect: true }
    : { rounds: 15, runs: 12, warmups: 3, collect: true };
  const [ours = [], atFloor = []] = await interleaved([() => relay(event), () => floor(event)], rounds);
  const [ours2 = [], decoding = []] = await interleaved([() => relay(event), () => relayByDecoding(event)], {
    ...rounds,
    rounds: Math.ceil(rounds.rounds / 3),
  });
  const [merging = [], mergingDecoded = []] = await interleaved(
    [() => mergeValidated(payloads), () => mergeByDecoding(payloads)],
    { ...rounds, runs: rounds.runs * 2 },
  );
  const part = String(spans);
  return [
    {
      name: 'floor_by_spans',
      part,
      value: medianRatio(ours, atFloor),
      note: `${envelopes} envelopes × ${spans}: CPU against native operations alone`,
    },
    {
      name: 'merge_speedup',
      part,
      value: medianRatio(mergingDecoded, merging),
      atLeast: mergeAtLeast,
      note: 'validated merge against decode, merge, encode by protobufjs',
    },
    {
      name: 'speedup_over_decode',
      part,
      value: medianRatio(decoding, ours2),
      note: 'the whole relay against one that decodes',
    },
    { name: 'spans_per_cpu_second', part, value: (envelopes * spans * 1e6) / median(ours), note: 'without the POST' },
  ];
};

/** The whole way of a full event but for the network: what is left to save, and what not decoding saves. */
export const relayBenchmark: Benchmark = async (effort) => {
  const figures: Figure[] = [];
  for (const one of CASES) figures.push(...(await measureCase(one, effort)));
  const worst = Math.max(...figures.filter(({ name }) => name === 'floor_by_spans').map(({ value }) => value));
  return [
    {
      name: 'ratio_to_floor',
      value: worst,
      atMost: 1.35,
      note: 'the worse of the two: CPU against native operations alone',
    },
    ...figures,
  ];
};
