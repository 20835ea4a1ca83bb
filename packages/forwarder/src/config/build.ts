import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import { cloudwatchLogs as cloudwatchLogsEncoding } from '../encodings/cloudwatch-logs.ts';
import { otlpJson } from '../encodings/otlp-json.ts';
import { otlpStdout } from '../encodings/otlp-stdout.ts';
import type { ForwarderOptions } from '../forwarder.ts';
import { batch } from '../processors/batch.ts';
import { cloudwatchLogs as cloudwatchLogsReceiver } from '../receivers/cloudwatch-logs.ts';
import type { Pipeline } from '../types.ts';
import { componentsOf, destinationsOf, throwProblems } from './components.ts';
import type { ConfigProblem } from './config-error.ts';
import { deadLettersOf } from './dead-letter.ts';
import { defined } from './defined.ts';
import type { Config, PipelineSettings } from './settings.ts';

/** What {@link buildForwarder} has to know besides the configuration. */
export interface BuildOptions {
  /** Log groups whose events are acknowledged and never processed. */
  readonly ownLogGroups?: readonly string[];
  /** Is told about destinations that fail alone. */
  readonly onWarning?: (warning: string) => void;
}

/**
 * Makes the parts of a forwarder out of a checked configuration.
 *
 * @throws {ConfigError} for files that cannot be read and ids nobody defined.
 */
export const buildForwarder = (
  config: Config,
  { ownLogGroups = [], onWarning = () => undefined }: BuildOptions = {},
): Omit<ForwarderOptions, 'onReport' | 'now'> => {
  const problems: ConfigProblem[] = [];
  const deadLetters = config.dead_letter && deadLettersOf(config.dead_letter);
  const destinations = destinationsOf(config, problems, { purpose: 'forward', onWarning, deadLetters });
  const processors = componentsOf(config).processors(config, problems);

  const pipelineOf = (signal: Signal, settings: PipelineSettings): Pipeline => {
    const find = <Component>(known: ReadonlyMap<string, Component>, ids: readonly string[]): readonly Component[] =>
      ids.flatMap((id) => {
        const component = known.get(id);
        if (component === undefined && problems.length === 0)
          problems.push({ path: `service.pipelines.${signal}`, message: `"${id}" is not defined` });
        return component ?? [];
      });
    return {
      processors: settings.processors === undefined ? [batch()] : find(processors, settings.processors),
      destinations: find(destinations, settings.exporters),
    };
  };

  const pipelines: Partial<Record<Signal, Pipeline>> = {};
  for (const signal of SIGNALS) {
    const settings = config.service.pipelines[signal];
    if (settings !== undefined) pipelines[signal] = pipelineOf(signal, settings);
  }
  throwProblems(problems);

  const { service } = config;
  const keepSource = (config.matchers?.size ?? 0) > 0;
  const lines = [otlpStdout({ ...config.encodings?.otlp_stdout, keepSource }), otlpJson()];
  return {
    receivers: [cloudwatchLogsReceiver()],
    encodings: [cloudwatchLogsEncoding({ lines, ownLogGroups })],
    pipelines,
    ...defined({ deadLetters, reserveMs: service.reserve_ms, graceMs: service.grace_ms }),
  };
};
