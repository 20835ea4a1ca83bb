import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import { cloudwatchLogs as cloudwatchLogsEncoding } from '../encodings/cloudwatch-logs.ts';
import { otlpJson } from '../encodings/otlp-json.ts';
import { otlpStdout } from '../encodings/otlp-stdout.ts';
import type { ForwarderOptions } from '../forwarder.ts';
import { batch } from '../processors/batch.ts';
import { cloudwatchLogs as cloudwatchLogsReceiver } from '../receivers/cloudwatch-logs.ts';
import type { Exporter, Pipeline, Processor } from '../types.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { undefinedIds } from './references.ts';
import { EXPORTERS, PROCESSORS } from './registry.ts';
import type { Config, OtlpHttpSettings, PipelineSettings } from './settings.ts';

/** The part of a component's id before `/`: its type. */
export const typeOf = (id: string): string => id.split('/', 1)[0] ?? id;

/** Whether these settings of an `otlp_http` exporter name an endpoint for the signal. */
const sends = (settings: unknown, signal: Signal): boolean => {
  const { endpoint, [`${signal}_endpoint` as const]: own } = (settings ?? {}) as OtlpHttpSettings;
  return endpoint !== undefined || own !== undefined || settings === undefined;
};

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
  const problems: ConfigProblem[] = [...undefinedIds(config)];

  const make = <Component>(
    kind: 'exporters' | 'processors',
    registry: Readonly<Record<string, (id: string, settings: never) => Component>>,
  ): ReadonlyMap<string, Component> => {
    const made = new Map<string, Component>();
    for (const [id, settings] of Object.entries(config[kind] ?? {})) {
      const path = `${kind}.${id}`;
      const factory = Object.hasOwn(registry, typeOf(id)) ? registry[typeOf(id)] : undefined;
      try {
        if (factory !== undefined) made.set(id, factory(id, (settings ?? {}) as never));
        else problems.push({ path, message: `unknown type; known: ${Object.keys(registry).join(', ')}` });
      } catch (error) {
        problems.push({ path, message: error instanceof Error ? error.message : 'cannot be made' });
      }
    }
    return made;
  };

  const exporters = make<Exporter>('exporters', EXPORTERS);
  const processors = make<Processor>('processors', PROCESSORS);

  const pipelineOf = (signal: Signal, settings: PipelineSettings): Pipeline | undefined => {
    for (const id of settings.exporters.filter(
      (one) => typeOf(one) === 'otlp_http' && !sends(config.exporters[one], signal),
    )) {
      problems.push({
        path: `exporters.${id}`,
        message: `needs endpoint or ${signal}_endpoint: the pipeline of ${signal} uses it`,
      });
    }
    const find = <Component>(known: ReadonlyMap<string, Component>, ids: readonly string[]): readonly Component[] =>
      ids.flatMap((id) => known.get(id) ?? []);
    const [exporter] = find(exporters, settings.exporters);
    const steps = settings.processors === undefined ? [batch()] : find(processors, settings.processors);
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
