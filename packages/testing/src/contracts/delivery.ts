import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OtlpRequest, parseRequest, type Signal, SIGNALS } from '@serverless-otlp/otlp';
import { describe, expect, it } from 'vitest';
import { itemIds, sampleBytes } from '../generators-samples.ts';
import type { ExporterUnderTest, Outcome, Telemetry } from './structures.ts';

/** What a destination says to one request. */
export type Verdict = 'accepted' | 'retryable' | 'permanent';

/** A destination's decision about one request, protobuf bytes; to be asked once per request that arrives. */
export type Judge = (signal: Signal, bytes: Uint8Array) => Verdict;

/** What is left of telemetry after one way to its destination. */
export interface Sent {
  /** Refused for good. */
  readonly refused: readonly OtlpRequest[];
  /** Still owed: it is sent again in the next round. */
  readonly owed: readonly OtlpRequest[];
}

/** A way to a destination, and what has to be closed after it. */
export interface DeliveryCase {
  readonly send: (telemetry: Telemetry) => Promise<Sent>;
  readonly close?: () => void | Promise<void>;
}

/** How much the suite sends. */
export interface DeliveryContractOptions {
  /** Of each signal; default 60. */
  readonly items?: number;
  /** In one request; default 10. */
  readonly itemsPerRequest?: number;
  /** One run of each behaviour per seed; default 1, 2, 3. */
  readonly seeds?: readonly number[];
}

/** Half of the requests never fail 200 times in a row. */
const MAX_ROUNDS = 200;

/** Lets a breaker of 1 ms pass its interval. */
const BETWEEN_ROUNDS_MS = 3;

const BEHAVIOURS: readonly { readonly title: string; readonly verdicts: readonly Verdict[] }[] = [
  { title: 'takes everything', verdicts: ['accepted'] },
  { title: 'fails half of the requests for now', verdicts: ['accepted', 'retryable'] },
  { title: 'refuses half of the requests for good', verdicts: ['accepted', 'permanent'] },
  { title: 'takes a third, fails a third, refuses a third', verdicts: ['accepted', 'retryable', 'permanent'] },
];

/** Decides by the content of a request and how often it has come: the same in whatever order requests arrive. */
const judgeOf = (verdicts: readonly Verdict[], seed: number, accepted: string[]): Judge => {
  const seen = new Map<string, number>();
  return (signal, bytes) => {
    const content = createHash('sha256').update(bytes).digest('hex');
    const times = seen.get(content) ?? 0;
    seen.set(content, times + 1);
    const draw = createHash('sha256').update(`${seed} ${content} ${times}`).digest().readUInt32BE();
    const verdict = verdicts[draw % verdicts.length] ?? 'accepted';
    if (verdict === 'accepted') accepted.push(...itemIds(signal, bytes));
    return verdict;
  };
};

const OUTCOMES: Readonly<Record<Verdict, () => Outcome>> = {
  accepted: () => ({ status: 'delivered' }),
  retryable: () => ({ status: 'retryable', error: new Error('answered 503') }),
  permanent: () => ({ status: 'rejected', fault: 'telemetry', error: new Error('answered 400'), httpStatus: 400 }),
};

/** An exporter that is itself the destination of a judge, for tests of what wraps exporters. */
export const judgedExporter = (judge: Judge): ExporterUnderTest => ({
  name: 'judged',
  export: (telemetry) => {
    const outcome = OUTCOMES[judge(telemetry.request.signal, telemetry.request.bytes)]();
    return Promise.resolve([{ destination: 'judged', telemetry, outcome }]);
  },
});

/** One export as a way to a destination: what is refused for the telemetry's sake is refused for good, all else is owed. */
export const sendBy =
  (exporter: ExporterUnderTest): DeliveryCase['send'] =>
  async (telemetry) => {
    const deliveries = await exporter.export(telemetry, Date.now() + 10_000);
    const refused: OtlpRequest[] = [];
    const owed: OtlpRequest[] = [];
    for (const { telemetry: part, outcome } of deliveries) {
      if (outcome.status === 'rejected' && outcome.fault === 'telemetry') refused.push(part.request);
      else if (outcome.status !== 'delivered') owed.push(part.request);
    }
    return { refused, owed };
  };

const telemetryOf = (request: OtlpRequest): Telemetry => ({
  request,
  records: new Set(['record']),
  metadata: { owner: '1' },
});

/**
 * Sends items with ids of their own to destinations that behave in four ways, again and again until nothing is owed: what was
 * accepted and what was refused for good is then exactly what was sent, each item once.
 *
 * After the contract checker of the OpenTelemetry Collector (exportertest).
 *
 * @example deliveryContract('withRetry', (judge) => ({ send: sendBy(withRetry(judgedExporter(judge))) }));
 */
export const deliveryContract = (
  name: string,
  open: (judge: Judge) => DeliveryCase | Promise<DeliveryCase>,
  { items = 60, itemsPerRequest = 10, seeds = [1, 2, 3] }: DeliveryContractOptions = {},
): void => {
  const requests = SIGNALS.flatMap((signal) =>
    Array.from({ length: Math.ceil(items / itemsPerRequest) }, (_, index) => {
      const count = Math.min(itemsPerRequest, items - index * itemsPerRequest);
      return parseRequest(signal, sampleBytes(signal, { items: count, seed: index + 1 }));
    }),
  );
  const idsOf = (all: readonly OtlpRequest[]): readonly string[] =>
    all.flatMap(({ signal, bytes }) => itemIds(signal, bytes));
  const expected = [...idsOf(requests)].sort();
  const cases = BEHAVIOURS.flatMap(({ title, verdicts }) => seeds.map((seed) => ({ title, verdicts, seed })));

  describe(`${name} keeps the delivery contract`, () => {
    it.each(cases)('delivers each item once to a destination that $title (seed $seed)', async ({ verdicts, seed }) => {
      const accepted: string[] = [];
      const refused: string[] = [];
      const { send, close } = await open(judgeOf(verdicts, seed, accepted));
      try {
        let owed: readonly OtlpRequest[] = requests;
        for (let round = 0; owed.length > 0; round++) {
          if (round > 0) await sleep(BETWEEN_ROUNDS_MS);
          expect(round, 'rounds until nothing is owed').toBeLessThan(MAX_ROUNDS);
          const sent = await Promise.all(owed.map((request) => send(telemetryOf(request))));
          refused.push(...idsOf(sent.flatMap((one) => one.refused)));
          owed = sent.flatMap((one) => one.owed);
        }
      } finally {
        await close?.();
      }
      if (!verdicts.includes('permanent')) expect(refused).toEqual([]);
      expect([...accepted, ...refused].sort()).toEqual(expected);
    });
  });
};
