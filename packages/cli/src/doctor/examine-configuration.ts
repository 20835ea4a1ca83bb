import { readFile } from 'node:fs/promises';
import { type Finding, skipped } from './check.ts';
import { configurationChecks } from './configuration/configuration-checks.ts';
import { loaded } from './configuration/loaded.ts';
import { nodeVersion, plainSecrets } from './configuration/settings-checks.ts';
import { inOrder, runChecks } from './run-checks.ts';

/** What {@link examineConfiguration} looks at. */
export interface ExamineOptions {
  readonly configFile: string;
  /** Timeout of the function. */
  readonly functionMs: number;
  /** Whether destinations are connected to. */
  readonly connect: boolean;
  readonly signal: AbortSignal;
  readonly now?: () => number;
}

/** Everything that needs no account: the file, what it refers to, the destinations and the clock. */
export const examineConfiguration = async (options: ExamineOptions): Promise<readonly Finding[]> => {
  const { configFile, functionMs, connect, signal, now = Date.now } = options;
  const text = await readFile(configFile, 'utf8');
  const { config, findings } = await loaded({ configFile });
  const first = [nodeVersion(), ...findings, ...plainSecrets(text, configFile)];
  if (config === undefined)
    return inOrder([...first, skipped('destination-accepts', 'the configuration is not valid')]);
  const checks = configurationChecks(config, { functionMs, connect, now });
  return inOrder([...first, ...(await runChecks(checks, { signal }))]);
};
