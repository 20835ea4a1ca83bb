import { cp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { cacheFolder, cacheKey, installOnce } from '../../../scripts/real/cache.ts';
import { findCommand, runCommand } from '../../../scripts/real/run-command.ts';

const SOURCES = join(import.meta.dirname, 'callback-runtime');
const FILES = ['package.json', 'package-lock.json'];
const INSTALL_TIMEOUT_MS = 5 * 60_000;

/** As the managed runtime starts it. */
const BOOTSTRAP = `import { run } from 'aws-lambda-ric';
await run(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
`;

/**
 * Entry point of `aws-lambda-ric` 3.3.0, installed into the cache. Its native half has the source of that of 4.0.2, line by line, and needs
 * more tools to be built: it is copied from there.
 *
 * @param runtimeClient entry point of 4.0.2.
 */
export const installCallbackRuntime = async (runtimeClient: string, env: NodeJS.ProcessEnv): Promise<string> => {
  const native = join(dirname(runtimeClient), 'rapid-client.node');
  const files = FILES.map((file) => join(SOURCES, file));
  const key = await cacheKey([...files, native], [process.platform, process.arch, BOOTSTRAP]);
  const install = async (folder: string): Promise<void> => {
    for (const file of FILES) await cp(join(SOURCES, file), join(folder, file));
    const script = env['npm_execpath'];
    const npm = findCommand('npm', env);
    const [command, ...args] = script?.endsWith('npm-cli.js') === true ? [process.execPath, script] : [npm];
    if (command === undefined) throw new Error('`npm` is not in PATH. It comes with Node.js: https://nodejs.org/.');
    await runCommand(command, [...args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      env,
      timeoutMs: INSTALL_TIMEOUT_MS,
    });
    await cp(native, join(folder, 'node_modules/aws-lambda-ric/dist/rapid-client.node'));
    await writeFile(join(folder, 'bootstrap.mjs'), BOOTSTRAP);
  };
  const folder = await installOnce(cacheFolder(env), { name: 'callback-runtime', key, install });
  return join(folder, 'bootstrap.mjs');
};
