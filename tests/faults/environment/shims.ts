import dns from 'node:dns';
import type { Stats } from 'node:fs';
import * as files from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { clockAheadMs } from './clock.ts';
import { killSelf } from './passing.ts';
import type { FileFault, InnerFaults } from './protocol.ts';

/** The pauses of a redrive, which has them in seconds, take so much less. */
const PAUSE_DIVISOR = 25;

let file: FileFault | undefined;
let left = 0;
let names: Readonly<Record<string, string>> = {};

/** Sets what fails from now on. */
export const setFaults = (faults: InnerFaults): void => {
  file = faults.file;
  left = file?.times ?? 0;
  names = faults.names ?? {};
};

const failing = (operation: string, path: unknown): void => {
  if (file?.operation !== operation || left <= 0 || !String(path).includes(file.path ?? '')) return;
  left--;
  if (file.code === 'kill') killSelf();
  throw Object.assign(new Error(`${file.code}: made up`), { code: file.code });
};

type Call = (path: unknown, ...rest: readonly unknown[]) => Promise<unknown>;

/** The file system does not know the clock of this process: a file of a second ago must not be one of an hour ago. */
const asOldAsItIs = (stats: Stats): Stats => {
  stats.mtimeMs += clockAheadMs();
  return stats;
};

/** The functions of `node:fs/promises`, each of which may be told to fail. */
export const shimmedFiles: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(files as Readonly<Record<string, unknown>>).map(([name, value]) => {
    if (typeof value !== 'function') return [name, value];
    const call: Call = async (path, ...rest) => {
      failing(name, path);
      const result = await (value as Call)(path, ...rest);
      return name === 'lstat' ? asOldAsItIs(result as Stats) : result;
    };
    return [name, call];
  }),
);

/** `setTimeout` of `node:timers/promises`, faster. */
export const shimmedTimers: Readonly<Record<string, unknown>> = {
  setTimeout: (ms: number, ...rest: readonly []) => sleep(ms / PAUSE_DIVISOR, ...rest),
};

type Callback = (error: Error | null, address?: unknown, family?: number) => void;

/** All names lead to this machine, and no question leaves it. */
export const installNames = (): void => {
  const lookup = (name: string, options: { readonly all?: boolean }, callback: Callback): void => {
    const code = names[name];
    if (code !== undefined) {
      process.nextTick(callback, Object.assign(new Error(`getaddrinfo ${code} ${name}`), { code }));
      return;
    }
    const found = { address: '127.0.0.1', family: 4 };
    if (options.all === true) process.nextTick(callback, null, [found]);
    else process.nextTick(callback, null, found.address, found.family);
  };
  Object.assign(dns, { lookup });
};
