import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { PrintOrder } from './print.ts';

const PROGRAM = fileURLToPath(new URL('print.ts', import.meta.url));

/** Which of the two is run: the source as it is, or what was built. */
export type Edition = 'source' | 'built';

/** The lines that a process prints for these orders, in an environment of nothing but `env`. */
export const printedLines = async (
  edition: Edition,
  orders: readonly PrintOrder[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> => {
  const conditions = edition === 'source' ? ['--conditions=@serverless-otlp/source'] : [];
  const child = spawn(process.execPath, [...conditions, PROGRAM], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(JSON.stringify(orders));
  const [printed, warned] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (warned !== '') throw new Error(warned);
  return printed === '' ? [] : printed.trimEnd().split('\n');
};
