import { findCommand, runCommand } from './run-command.ts';

const APT_TIMEOUT_MS = 10 * 60_000;

/** Each command the native part of `aws-lambda-ric` is built with, its other names, and the Debian package that brings it. */
const TOOLS: readonly { readonly names: readonly string[]; readonly debianPackage: string }[] = [
  { names: ['cmake', 'cmake3'], debianPackage: 'cmake' },
  { names: ['make'], debianPackage: 'make' },
  { names: ['g++', 'c++'], debianPackage: 'g++' },
  { names: ['python3', 'python'], debianPackage: 'python3' },
  { names: ['xz'], debianPackage: 'xz-utils' },
];

const missingTools = (env: NodeJS.ProcessEnv): readonly string[] =>
  TOOLS.filter(({ names }) => !names.some((name) => findCommand(name, env) !== undefined)).map(
    ({ debianPackage }) => debianPackage,
  );

/** Installs packages with apt-get where we may, else throws an error that names them and says what for. */
export const installDebianPackages = async (
  packages: readonly string[],
  purpose: string,
  env: NodeJS.ProcessEnv,
): Promise<void> => {
  const aptGet = findCommand('apt-get', env);
  if (aptGet === undefined || process.getuid?.() !== 0) {
    throw new Error(`${purpose}, and these are missing: ${packages.join(', ')}. Install them and run again.`);
  }
  const options = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: APT_TIMEOUT_MS };
  await runCommand(aptGet, ['update', '-q'], options);
  await runCommand(aptGet, ['install', '-q', '-y', '--no-install-recommends', ...packages], options);
};

/** Makes sure the tools for native code are there. */
export const ensureBuildTools = async (env: NodeJS.ProcessEnv): Promise<void> => {
  const missing = missingTools(env);
  if (missing.length > 0) await installDebianPackages(missing, 'aws-lambda-ric is built from source', env);
};
