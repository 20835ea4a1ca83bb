import { visible } from '@serverless-otlp/dev-server';
import { type Config, ConfigError, type ConfigProblem, loadConfig } from '@serverless-otlp/forwarder/config';
import type { LoadConfigOptions } from '@serverless-otlp/forwarder/config';
import { fail, type Finding, pass, warn } from '../check.ts';

/** A configuration as the forwarder reads it, and what there is to say about that. */
export interface Loaded {
  /** Absent: the forwarder would refuse to start. */
  readonly config?: Config;
  readonly findings: readonly Finding[];
}

/** Problems of values that are kept elsewhere, in the words of the forwarder. */
const OF_VALUES = /^(?:the variable \S+ is not set$|(?:secretsmanager|ssm):)/;

const findingOf = ({ path, message }: ConfigProblem): Finding =>
  fail(OF_VALUES.test(message) ? 'config-values' : 'config-valid', visible(message), visible(path));

/** What is odd and stops nothing; those about broken destinations are told as such. */
const warningsOf = (warnings: readonly string[]): readonly Finding[] =>
  warnings.length === 0
    ? [pass('config-ignored', 'everything counts')]
    : warnings.map((warning) => warn('config-ignored', visible(warning)));

const valuesOf = ({ broken = {} }: Config): readonly Finding[] => {
  const found = Object.entries(broken);
  if (found.length === 0) return [pass('config-values', 'all have one')];
  return found.map(([id, reason]) => fail('config-values', visible(reason), `exporters.${visible(id)}`));
};

/** Loads a configuration by the code of the forwarder. Rejects with nothing but what is no `ConfigError`. */
export const loaded = async (options: Omit<LoadConfigOptions, 'onWarning'>): Promise<Loaded> => {
  const warnings: string[] = [];
  try {
    const config = await loadConfig({ ...options, onWarning: (warning) => warnings.push(warning) });
    const findings = [pass('config-valid', 'as the forwarder reads it'), ...valuesOf(config), ...warningsOf(warnings)];
    return { config, findings };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { findings: error.problems.map(findingOf) };
  }
};
