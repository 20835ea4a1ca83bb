import type { Figure } from './figure.ts';

/** How long a benchmark may take: all its rounds, or only enough to see that it works. */
export interface Effort {
  readonly quick: boolean;
}

/** Runs in a process of its own, and resolves to its figures. */
export type Benchmark = (effort: Effort) => Promise<readonly Figure[]>;

/** The benchmarks, in the order they run. */
export const BENCHMARKS = [
  'relay',
  'small',
  'memory',
  'start',
  'growth',
  'isolation',
  'redrive',
  'exporter',
  'lambda',
] as const;

/** The name of a benchmark. */
export type BenchmarkName = (typeof BENCHMARKS)[number];
