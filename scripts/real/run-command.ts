import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const KEPT_OUTPUT_CHARS = 4000;

/** How a command is run: where, with which environment, and how long it may take. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
}

/** Resolves when the command succeeds; rejects with the end of its output when it fails or takes longer than `timeoutMs`. */
export const runCommand = async (command: string, args: readonly string[], options: CommandOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-KEPT_OUTPUT_CHARS);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(
          new Error(
            `${command} ${args.join(' ')} ended with ${signal ?? `exit code ${code ?? 'unknown'}`}:\n${output}`,
          ),
        );
    });
  });

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The full path of a command in `PATH` or one of `alsoIn`, or `undefined`. */
export const findCommand = (name: string, env: NodeJS.ProcessEnv, alsoIn: readonly string[] = []): string | undefined =>
  [...(env['PATH'] ?? '').split(delimiter), ...alsoIn]
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
