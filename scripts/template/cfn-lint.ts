import { join } from 'node:path';
import { cacheKey, installOnce } from '../real/cache.ts';
import { runCommand } from '../real/run-command.ts';

const REQUIREMENTS = join(import.meta.dirname, '../../tests/real/cfn-lint/requirements.txt');
const INSTALL_TIMEOUT_MS = 15 * 60_000;
const ASK_TIMEOUT_MS = 60_000;

const pythonOf = (folder: string): string => join(folder, 'venv/bin/python');

/**
 * Path of a Python that has cfn-lint, in a virtual environment of its own, made unless the cache has it.
 *
 * @param python 3.10 or later, with `venv`.
 */
export const installCfnLint = async (cache: string, python: string, env: NodeJS.ProcessEnv): Promise<string> => {
  const version = await runCommand(python, ['--version'], { env, timeoutMs: ASK_TIMEOUT_MS });
  const key = await cacheKey([REQUIREMENTS], [process.platform, process.arch, version.trim()]);
  const install = async (folder: string): Promise<void> => {
    await runCommand(python, ['-m', 'venv', join(folder, 'venv')], { env, timeoutMs: INSTALL_TIMEOUT_MS });
    // Nothing is built, and nothing is taken whose hash is not in the file.
    const options = ['--require-hashes', '--only-binary', ':all:', '--no-input', '--disable-pip-version-check'];
    const args = ['-m', 'pip', 'install', ...options, '--requirement', REQUIREMENTS];
    await runCommand(pythonOf(folder), args, { env, timeoutMs: INSTALL_TIMEOUT_MS });
  };
  return pythonOf(await installOnce(cache, { name: 'cfn-lint', key, install }));
};
