import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RealParts } from '../../../scripts/real/setup.ts';
import { buildLayer } from '../../../scripts/build-layer.ts';
import { type Packing, moduleOf, packFunctions } from './functions.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts';

/** A function and where it runs. */
export interface Site extends Packing {
  readonly node: string;
  /** Default: `aws-lambda-ric` 4. */
  readonly runtime?: string;
  /** Default `handler`. */
  readonly handler?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly concurrency?: number;
}

/** What all tests share. */
export interface World {
  readonly task: string;
  readonly opt: string;
  readonly pipeline: Pipeline;
  /** Starts a function; its service has this name. */
  readonly start: (service: string, site: Site) => Promise<Sandbox>;
  /** Starts anything. */
  readonly startRaw: (options: SandboxOptions) => Promise<Sandbox>;
  /** Ends and removes all sandboxes. */
  readonly clear: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Builds the layer and the functions, and starts forwarder and Collector. */
export const makeWorld = async (parts: RealParts, bundle: string): Promise<World> => {
  const folder = await mkdtemp(join(tmpdir(), 'otlp-instrumentation-'));
  const task = join(folder, 'task');
  await mkdir(task);
  await packFunctions(task);
  const { opt } = await buildLayer(join(folder, 'layer'));
  const pipeline = await startPipeline(parts.collector, bundle);
  let sandboxes: Sandbox[] = [];
  const startRaw = async (options: SandboxOptions): Promise<Sandbox> => {
    const sandbox = await startSandbox(options);
    sandboxes.push(sandbox);
    return sandbox;
  };
  const clear = async (): Promise<void> => {
    const all = sandboxes;
    sandboxes = [];
    await Promise.all(all.map(async (one) => one.remove()));
  };
  return {
    task,
    opt,
    pipeline,
    startRaw,
    start: async (service, site) => {
      const { concurrency, handler = 'handler', node, producer, runtime = parts.runtimeClient } = site;
      return startRaw({
        node,
        runtime,
        task,
        handler: `${moduleOf(site)}.${handler}`,
        opt: producer === 'layer' ? opt : undefined,
        env: { OTEL_SERVICE_NAME: service, OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta', ...site.env },
        ...(concurrency === undefined ? {} : { concurrency }),
      });
    },
    clear,
    stop: async () => {
      await clear();
      await pipeline.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
