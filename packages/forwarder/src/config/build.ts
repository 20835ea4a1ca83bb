import { readFileSync } from 'node:fs';
import { SIGNALS, type Signal } from '@serverless-otlp/otlp';
import { cloudwatchLogs as cloudwatchLogsEncoding } from '../encodings/cloudwatch-logs.ts';
import { otlpJson } from '../encodings/otlp-json.ts';
import { otlpStdout } from '../encodings/otlp-stdout.ts';
import type { ForwarderOptions } from '../forwarder.ts';
import { batch } from '../processors/batch.ts';
import { cloudwatchLogs as cloudwatchLogsReceiver } from '../receivers/cloudwatch-logs.ts';
import type { Exporter, Pipeline, Processor } from '../types.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { EXPORTERS, PROCESSORS } from './registry.ts';
import type { Config, PipelineSettings } from './settings.ts';

/** The part of a component's id before `/`: its type. */
export const typeOf = (id: string): string => id.split('/', 1)[0] ?? id;

/**
 * Makes the parts of a forwarder out of a checked configuration. Each exporter exists once, however many pipelines use it, and so
 * do its connections.
 *
 * @param ownLogGroups log groups whose events are acknowledged and never processed.
 * @throws {ConfigError} for files that cannot be read and ids nobody defined.
 */
export const buildForwarder = (
  config: Config,
  ownLogGroups: readonly string[],
): Omit<ForwarderOptions, 'onReport' | 'now'> => {
  const problems: ConfigProblem[] = [];

  const readFile = (path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch (cause) {
      throw new Error(`cannot read ${path}: ${(cause as NodeJS.ErrnoException).code ?? 'error'}`, { cause });
    }
  };

  const make = <Component>(
    kind: 'exporters' | 'processors',
    registry: Readonly<Record<string, (id: string, settings: never, readFile: (path: string) => string) => Component>>,
  ): ReadonlyMap<string, Component> => {
    const made = new Map<string, Component>();
    for (const [id, settings] of Object.entries(config[kind] ?? {})) {
      const factory = Object.hasOwn(registry, typeOf(id)) ? registry[typeOf(id)] : undefined;
      try {
        if (factory !== undefined) made.set(id, factory(id, (settings ?? {}) as never, readFile));
      } catch (error) {
        problems.push({ path: `${kind}.${id}`, message: error instanceof Error ? error.message : 'cannot be made' });
      }
    }
    return made;
  };

  const exporters = make<Exporter>('exporters', EXPORTERS);
  const processors = make<Processor>('processors', PROCESSORS);

  const pipelineOf = (signal: Signal, settings: PipelineSettings): Pipeline | undefined => {
    const path = `service.pipelines.${signal}`;
    const find = <Component>(
      kind: 'exporters' | 'processors',
      known: ReadonlyMap<string, Component>,
      id: string,
    ): readonly Component[] => {
      const component = known.get(id);
      if (component !== undefined) return [component];
      const defined = Object.keys(config[kind] ?? {});
      if (!defined.includes(id))
        problems.push({
          path: `${path}.${kind}`,
          message: `"${id}" is not defined; defined: ${defined.join(', ') || 'none'}`,
        });
      return [];
    };
    const [exporter] = settings.exporters.flatMap((id) => find('exporters', exporters, id));
    const steps = settings.processors?.flatMap((id) => find('processors', processors, id)) ?? [batch()];
    return exporter === undefined ? undefined : { processors: steps, exporter };
  };

  const pipelines: Partial<Record<Signal, Pipeline>> = {};
  for (const signal of SIGNALS) {
    const settings = config.service.pipelines[signal];
    const pipeline = settings === undefined ? undefined : pipelineOf(signal, settings);
    if (pipeline !== undefined) pipelines[signal] = pipeline;
  }
  if (problems.length > 0) throw new ConfigError(problems);

  const lines = [otlpStdout(config.encodings?.otlp_stdout), otlpJson()];
  return {
    receivers: [cloudwatchLogsReceiver()],
    encodings: [cloudwatchLogsEncoding({ lines, ownLogGroups })],
    pipelines,
    ...(config.service.reserve_ms === undefined ? {} : { reserveMs: config.service.reserve_ms }),
  };
};
