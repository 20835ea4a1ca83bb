import { writeFileSync } from 'node:fs';
import { SIGNALS } from '@serverless-otlp/otlp';
import { USER_INFO } from './canary.ts';
import type { WorldDestination } from './destination.ts';
import { OWN_LOG_GROUP } from './events.ts';

/** The name of the variable that holds a destination's key. */
const variableOf = (name: string): string => `KEY_${name.toUpperCase()}`;

/** Settings of the dead-letter store. */
export type StoreSettings = { readonly folder: { readonly path: string } } | { readonly s3: object };

/** Writes the configuration file of all environments; what changes from one to the next are variables. */
export const writeConfiguration = (
  path: string,
  destinations: readonly WorldDestination[],
  store: StoreSettings,
  caFile: string,
): void => {
  const exporters = destinations.map(({ id, name, host, port, settings, tls }) => [
    id,
    {
      endpoint: tls === true ? `https://${host}:${port}` : `http://${USER_INFO}@${host}:${port}`,
      headers: { 'x-api-key': `\${env:${variableOf(name)}}`, 'x-environment': '${env:FAULTS_ENVIRONMENT}' },
      ...(tls === true && { tls: { ca_file: caFile } }),
      ...settings,
    },
  ]);
  const pipelines = SIGNALS.map((signal) => [
    signal,
    { exporters: destinations.filter(({ signals }) => signals.includes(signal)).map(({ id }) => id) },
  ]);
  const configuration = {
    exporters: Object.fromEntries(exporters) as unknown,
    encodings: { otlp_stdout: { headers: ['tenant-id'] } },
    dead_letter: store,
    service: {
      pipelines: Object.fromEntries(pipelines) as unknown,
      own_log_groups: [OWN_LOG_GROUP],
      grace_ms: 1_500,
    },
  };
  writeFileSync(path, JSON.stringify(configuration));
};

/** Variables of an environment that is started now. */
export const variablesOf = (destinations: readonly WorldDestination[]): Readonly<Record<string, string>> =>
  Object.fromEntries(destinations.map(({ name, key }) => [variableOf(name), key]));
