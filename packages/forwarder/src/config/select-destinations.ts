import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import type { Config, PipelineSettings } from './settings.ts';

/**
 * The configuration with these exporters alone. A pipeline that has none of them stays without destinations: its telemetry is counted
 * as unrouted, which is what was asked for. The others are not even made, so that a broken one is in nobody's way.
 *
 * @throws {ConfigError} for ids that no pipeline sends to; lists those that one does.
 */
export const selectDestinations = (config: Config, ids: readonly string[]): Config => {
  const wanted = new Set(ids);
  const pipelines = SIGNALS.flatMap((signal) => {
    const settings = config.service.pipelines[signal];
    return settings === undefined ? [] : [[signal, settings] as const];
  });
  const used = new Set(pipelines.flatMap(([, { exporters }]) => exporters));
  const problems: ConfigProblem[] = [...wanted]
    .filter((id) => !used.has(id))
    .map((id) => ({ path: 'destinations', message: `no pipeline sends to "${id}"; known: ${[...used].join(', ')}` }));
  if (problems.length > 0) throw new ConfigError(problems);

  const kept: Partial<Record<Signal, PipelineSettings>> = {};
  for (const [signal, settings] of pipelines)
    kept[signal] = { ...settings, exporters: settings.exporters.filter((id) => wanted.has(id)) };
  return {
    ...config,
    exporters: Object.fromEntries(Object.entries(config.exporters).filter(([id]) => wanted.has(id))),
    service: { ...config.service, pipelines: kept },
  };
};
