import { cp } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';

import { cacheKey, installOnce } from './cache.ts';
import { findCommand, runCommand } from './run-command.ts';

const INSTALL_TIMEOUT_MS = 15 * 60_000;
const FILES = ['package.json', 'package-lock.json'];

/** An npm project whose lock file is checked in and whose packages are installed into the cache. */
export interface NpmPart {
  readonly name: string;
  /** Folder of its `package.json` and `package-lock.json`. */
  readonly sources: string;
  /** Runs before a fresh install, for what npm does not bring along. */
  readonly prepare?: () => Promise<void>;
}

/** Folder with the `node_modules` of an npm part, installed by the Node.js that runs this script unless the cache has it. */
export const installNpmPart = async (cache: string, part: NpmPart, env: NodeJS.ProcessEnv): Promise<string> => {
  const key = await cacheKey(
    FILES.map((file) => join(part.sources, file)),
    [process.platform, process.arch, process.version],
  );
  const install = async (folder: string): Promise<void> => {
    await part.prepare?.();
    for (const file of FILES) await cp(join(part.sources, file), join(folder, file));
    const [command, ...args] = npmCommand(env);
    await runCommand(command, [...args, 'ci', '--no-audit', '--no-fund', '--foreground-scripts'], {
      cwd: folder,
      env: npmEnvironment(env),
      timeoutMs: INSTALL_TIMEOUT_MS,
    });
  };
  return installOnce(cache, { name: part.name, key, install });
};

/** The npm that runs us, so that the same version installs; outside of npm, the one in `PATH`. */
const npmCommand = (env: NodeJS.ProcessEnv): readonly [string, ...string[]] => {
  const running = env['npm_execpath'];
  if (running?.endsWith('npm-cli.js') === true) return [process.execPath, running];
  const npm = findCommand('npm', env);
  if (npm === undefined) throw new Error('`npm` is not in PATH. It comes with Node.js: https://nodejs.org/.');
  return [npm];
};

/** Install scripts find our Node.js first, and nothing of the project npm is running for. */
const npmEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  const foreign = /^npm_(package|lifecycle|command|config_local_prefix|config_workspace)/;
  const kept = Object.entries(env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(kept), PATH: [dirname(process.execPath), env['PATH'] ?? ''].join(delimiter) };
};
