import { readdirSync } from 'node:fs';
import { dirname, delimiter, join } from 'node:path';
import { findCommand, runCommand } from '../../scripts/real/run-command.ts';

const TIMEOUT_MS = 5 * 60_000;

/** A user's npm: as configured on this machine, with nothing of the project that runs us. */
const npmEnvironment = (): NodeJS.ProcessEnv => {
  const foreign =
    /^(?:npm_(?:package|lifecycle|command|config_local_prefix|config_workspace|config_loglevel)|NODE_OPTIONS$|OTEL_|OTLP_)/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(kept),
    PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  };
};

/** Runs npm in a folder and resolves to all it printed. */
export const npm = async (cwd: string, ...args: readonly string[]): Promise<string> => {
  const env = npmEnvironment();
  const running = process.env['npm_execpath'];
  if (running?.endsWith('npm-cli.js') === true)
    return runCommand(process.execPath, [running, ...args], { cwd, env, timeoutMs: TIMEOUT_MS });
  const command = findCommand('npm', env);
  if (command === undefined) throw new Error('`npm` is not in PATH. It comes with Node.js: https://nodejs.org/.');
  return runCommand(command, args, { cwd, env, timeoutMs: TIMEOUT_MS });
};

const WORKSPACE = join(import.meta.dirname, '../../packages/stdout-exporter');

/** Packs the built package into a folder, as it would be published; the path of the tarball. */
export const packed = async (folder: string): Promise<string> => {
  await npm(WORKSPACE, 'pack', '--pack-destination', folder);
  const [tarball] = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack wrote nothing');
  return join(folder, tarball);
};
