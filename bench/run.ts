/** One benchmark in a process of its own, started by main.ts: its figures go back as a message, standard output is the forwarder's. */
import type { Benchmark, BenchmarkName } from './benchmark.ts';

const load: Readonly<Record<BenchmarkName, () => Promise<Benchmark>>> = {
  relay: async () => (await import('./relay.ts')).relayBenchmark,
  small: async () => (await import('./small.ts')).smallBenchmark,
  memory: async () => (await import('./memory.ts')).memoryBenchmark,
  start: async () => (await import('./start.ts')).startBenchmark,
  isolation: async () => (await import('./isolation.ts')).isolationBenchmark,
  redrive: async () => (await import('./redrive.ts')).redriveBenchmark,
  exporter: async () => (await import('./exporter.ts')).exporterBenchmark,
  lambda: async () => (await import('./lambda.ts')).lambdaBenchmark,
  growth: async () => (await import('./growth.ts')).growthBenchmark,
};

const [name = '', effort] = process.argv.slice(2);
const run = await load[name as BenchmarkName]();
process.send?.(await run({ quick: effort === 'quick' }));
process.disconnect();
