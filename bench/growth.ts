import type { Benchmark } from './benchmark.ts';
import { relayInMemory } from './forwarder.ts';
import { interleaved, median } from './measure.ts';
import { envelopeLines, eventOf } from './shape.ts';

const LINES = [100, 425, 750, 1075, 1400] as const;

/** Whether a line costs the same in a small event and in a full one. */
export const growthBenchmark: Benchmark = async ({ quick }) => {
  const lines = envelopeLines(Math.max(...LINES), 1);
  const relay = relayInMemory();
  const events = LINES.map((count) => eventOf(lines.slice(0, count)));
  const times = await interleaved(
    events.map((event) => () => relay(event)),
    quick ? { rounds: 11, runs: 5, warmups: 5, collect: true } : { rounds: 31, runs: 8, warmups: 5, collect: true },
  );
  const costs = times.map(median);
  const marginal = (from: number, to: number): number =>
    ((costs[to] ?? NaN) - (costs[from] ?? NaN)) / ((LINES[to] ?? NaN) - (LINES[from] ?? NaN));
  const overall = marginal(0, LINES.length - 1);
  const steps = LINES.slice(1).map((count, step) => ({ count, cost: marginal(step, step + 1) }));
  return [
    {
      name: 'max_deviation',
      value: Math.max(...steps.map(({ cost }) => Math.abs(cost / overall - 1))),
      atMost: 0.25,
      note: 'of the marginal cost of a line, from its mean between 100 and 1400 lines',
    },
    ...steps.map(({ count, cost }) => ({
      name: 'us_per_line_up_to',
      part: String(count),
      value: cost,
      note: 'microseconds of CPU for each further line',
    })),
  ];
};
