import { join } from 'node:path';

import { installDebianPackages } from './build-tools.ts';
import { cacheKey, installOnce } from './cache.ts';
import { findCommand, runCommand } from './run-command.ts';

const REQUIREMENTS = join(import.meta.dirname, '../../tests/real/aws-emulator/requirements.txt');
const INSTALL_TIMEOUT_MS = 15 * 60_000;
const ASK_TIMEOUT_MS = 60_000;

/** Path of a Python that has moto, the emulator of AWS, in a virtual environment of its own, made unless the cache has it. */
export const installAwsEmulator = async (cache: string, env: NodeJS.ProcessEnv): Promise<string> => {
  const system = findCommand('python3', env) ?? findCommand('python', env);
  if (system === undefined) throw new Error('moto needs Python 3.10 or later, but `python3` is not in PATH.');
  const version = await runCommand(system, ['--version'], { env, timeoutMs: ASK_TIMEOUT_MS });
  const key = await cacheKey([REQUIREMENTS], [process.platform, process.arch, version.trim()]);
  const install = async (folder: string): Promise<void> => {
    await ensureVenv(system, env);
    await runCommand(system, ['-m', 'venv', join(folder, 'venv')], { env, timeoutMs: INSTALL_TIMEOUT_MS });
    // Nothing is built, and nothing is taken whose hash is not in the file.
    const options = ['--require-hashes', '--only-binary', ':all:', '--no-input', '--disable-pip-version-check'];
    const args = ['-m', 'pip', 'install', ...options, '--requirement', REQUIREMENTS];
    await runCommand(pythonOf(folder), args, { env, timeoutMs: INSTALL_TIMEOUT_MS });
  };
  return pythonOf(await installOnce(cache, { name: 'aws-emulator', key, install }));
};

/** A virtual environment may be moved as long as nobody uses the scripts in it, which know where they were made. */
const pythonOf = (folder: string): string => join(folder, 'venv/bin/python');

/** Debian and its relatives pack this part of Python apart. */
const ensureVenv = async (python: string, env: NodeJS.ProcessEnv): Promise<void> => {
  try {
    await runCommand(python, ['-c', 'import ensurepip, venv'], { env, timeoutMs: ASK_TIMEOUT_MS });
  } catch {
    await installDebianPackages(['python3-venv'], 'moto is installed into a virtual environment', env);
  }
};
