import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Findings, Progress, ReaderOrder, WriterOrder } from './protocol.ts';

/** A writer under way. */
export interface Writer {
  readonly child: ChildProcess;
  /** Resolves to what it said last, once that is at least so many attempts, or once it has ended. */
  readonly progress: (attempts?: number) => Promise<Progress>;
  /** Lets it go on after it has stopped. */
  readonly goOn: () => void;
}

/** A reader under way. */
export interface Reader {
  readonly child: ChildProcess;
  /** Lets it begin, if it was held. */
  readonly begin: () => void;
  readonly findings: () => Promise<Findings>;
}

/** What lies between a writer and a reader. */
export interface Stage {
  /** Resolves when it has opened its end; of a file only after the writer has ended. */
  readonly startReader: (order: ReaderOrder) => Promise<Reader>;
  readonly startWriter: (order: WriterOrder) => Writer;
  /** Ends whatever was started on it. */
  readonly close: () => void;
}

const PROGRAMS = {
  writer: fileURLToPath(new URL('writer.ts', import.meta.url)),
  reader: fileURLToPath(new URL('reader.ts', import.meta.url)),
} as const;

type Stdio = readonly (number | 'pipe' | 'inherit' | Writable)[];

const start = (program: keyof typeof PROGRAMS, order: object, stdio: Stdio): ChildProcess =>
  spawn(process.execPath, ['--conditions=@serverless-otlp/source', PROGRAMS[program], JSON.stringify(order)], {
    stdio: [...stdio],
  });

const writerOf = (child: ChildProcess): Writer => {
  let latest: Progress = { attempts: 0, written: 0, dropped: 0, done: false };
  let over = false;
  const waiting = new Set<() => void>();
  const tell = (): void => {
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  createInterface({ input: child.stdio[3] as Readable }).on('line', (line) => {
    latest = JSON.parse(line) as Progress;
    tell();
  });
  child.on('close', () => {
    over = true;
    tell();
  });
  const progress = async (attempts = Infinity): Promise<Progress> => {
    while (!over && latest.attempts < attempts) await new Promise<void>((resolve) => waiting.add(resolve));
    return latest;
  };
  return { child, progress, goOn: () => void child.stdin?.write('.') };
};

const readerOf = async (child: ChildProcess): Promise<Reader> => {
  const lines = createInterface({ input: child.stdout as Readable })[Symbol.asyncIterator]();
  await lines.next();
  const findings = async (): Promise<Findings> => JSON.parse(String((await lines.next()).value)) as Findings;
  return { child, begin: () => void child.stdin?.write('.'), findings };
};

/** A pipe, a socket (what Node.js calls a pipe between it and its children), or a file. */
export const openStage = (kind: 'pipe' | 'socket' | 'file'): Stage => {
  const folder = mkdtempSync(join(tmpdir(), 'pipes-'));
  const path = join(folder, kind);
  if (kind === 'pipe') execFileSync('sh', ['-c', 'mkfifo "$0"', path]);
  // Whoever opens one end of a named pipe waits for the other one, unless there is somebody who has both.
  let both = kind === 'pipe' ? openSync(path, constants.O_RDWR) : undefined;
  const children: ChildProcess[] = [];

  const startReader = async (order: ReaderOrder): Promise<Reader> => {
    const child = start('reader', kind === 'socket' ? order : { ...order, path }, ['pipe', 'pipe', 'inherit']);
    children.push(child);
    return readerOf(child);
  };
  const startWriter = (order: WriterOrder): Writer => {
    const socket = children[0]?.stdin;
    const output =
      kind === 'socket' && socket !== null && socket !== undefined
        ? socket
        : openSync(path, kind === 'pipe' ? 'w' : 'a');
    const child = start('writer', order, ['pipe', output, 'inherit', 'pipe']);
    children.push(child);
    // From here on the writer's end is the only one.
    if (typeof output === 'number') closeSync(output);
    else output.destroy();
    if (both !== undefined) closeSync(both);
    both = undefined;
    return writerOf(child);
  };
  const close = (): void => {
    for (const child of children) child.kill('SIGKILL');
    if (both !== undefined) closeSync(both);
    rmSync(folder, { recursive: true, force: true });
  };
  return { startReader, startWriter, close };
};

/** Resolves when a process is gone. */
export const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
};
