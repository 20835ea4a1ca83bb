import type { Config } from '@serverless-otlp/forwarder/config';
import { ConfigError } from '@serverless-otlp/forwarder/config';
import { type Check, fail } from '../check.ts';
import { destinationChecks, type DestinationOptions } from './destination-checks.ts';
import { endpointChecks } from './endpoint-checks.ts';
import { deadLetterPlace, signals, timeBudget } from './settings-checks.ts';
import { targetsOf } from './subject.ts';

/** What {@link configurationChecks} has to know besides the configuration. */
export interface ConfigurationOptions extends DestinationOptions {
  /** Timeout of the function. */
  readonly functionMs: number;
}

/** What can be told of a valid configuration. */
export const configurationChecks = (config: Config, options: ConfigurationOptions): readonly Check[] => {
  const still: readonly Check[] = [
    { ids: ['config-signals'], run: () => Promise.resolve(signals(config)) },
    { ids: ['time-budget'], run: () => Promise.resolve(timeBudget(config, options.functionMs)) },
    { ids: ['dead-letter-configured', 'dead-letter-folder'], run: () => deadLetterPlace(config) },
    { ids: ['endpoint-form', 'endpoint-place'], run: () => Promise.resolve(endpointChecks(targetsOf(config))) },
  ];
  try {
    return [...still, ...destinationChecks(config, options)];
  } catch (error) {
    // Ids that nobody defined are found when the parts are made.
    if (!(error instanceof ConfigError)) throw error;
    const found = error.problems.map(({ path, message }) => fail('config-valid', message, path));
    return [...still, { ids: ['config-valid'], run: () => Promise.resolve(found) }];
  }
};
