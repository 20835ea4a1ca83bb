import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Some commands of a guide. */
export interface Step {
  /** The first of them, with the number of its line. */
  readonly name: string;
  readonly commands: string;
  /** The files that the guide has shown by then and not before, by their names. */
  readonly files: ReadonlyMap<string, string>;
  /** What the guide says they print. */
  readonly prints: string | undefined;
}

interface Block {
  readonly language: string;
  readonly content: string;
  readonly line: number;
}

const GUIDES = join(import.meta.dirname, '../../docs/guides');

const blocksIn = (guide: string): readonly Block[] =>
  [...guide.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(({ 1: language = '', 2: content = '', index }) => ({
    language,
    content,
    line: guide.slice(0, index).split('\n').length,
  }));

/** A block of code says in its first line what the file is called. */
const fileName = (content: string): string | undefined => /^\/\/ ([\w./-]+)\n/.exec(content)?.[1];

/** What a reader of this guide does, from top to bottom. Throws at a block that nobody would run or check. */
export const stepsOf = (name: string): readonly Step[] => {
  const blocks = blocksIn(readFileSync(join(GUIDES, name), 'utf8'));
  const steps: Step[] = [];
  let files = new Map<string, string>();
  for (const [at, { content, language, line }] of blocks.entries()) {
    if (language === 'sh') {
      const next = blocks[at + 1];
      const prints = next?.language === 'text' ? next.content : undefined;
      // The shell tells of the end of a pipe only.
      if (prints === undefined && content.includes('|'))
        throw new Error(`${name}, line ${line}: what it prints is not said`);
      steps.push({ name: `line ${line}: ${content.split('\n', 1)[0] ?? ''}`, commands: content, files, prints });
      files = new Map();
    } else if (language !== 'text') {
      const file = fileName(content);
      if (file === undefined) throw new Error(`${name}, line ${line}: the first line of the code names no file`);
      files.set(file, content);
    } else if (blocks[at - 1]?.language !== 'sh') throw new Error(`${name}, line ${line}: no command prints this`);
  }
  if (files.size > 0) throw new Error(`${name}: nothing uses ${[...files.keys()].join(', ')}`);
  return steps;
};

/** Where a guide is tried. */
export interface Place {
  readonly folder: string;
  /** Stands before the commands: functions of the shell that take the place of programs. */
  readonly prelude: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Does a step; gives all it printed. Rejects when a command failed. What was exported holds for the next steps. */
export const runStep = async ({ commands, files }: Step, { env, folder, prelude }: Place): Promise<string> => {
  for (const [file, content] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  const script = `exec 2>&1; set -e; set -a; . ./.exported; ${prelude}\n`;
  const child = spawn('bash', ['-c', script + commands + '\nexport -p > .exported'], {
    cwd: folder,
    // What is printed here is printed in UTF-8, wherever this runs.
    env: { ...env, LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'close') as Promise<[number | null]>]);
  if (code !== 0) throw new Error(`exit code ${code ?? 'none'}:\n${commands}\n${printed}`);
  return printed;
};

const patternOf = (line: string): RegExp =>
  new RegExp(`^${line.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*')}$`);

/** The first line that a guide promises and that was not printed, or not in this order; `…` stands for anything. */
export const missingLine = (promised: string, printed: string): string | undefined => {
  let rest: readonly string[] = printed.split('\n');
  return promised.split('\n').find((line) => {
    const at = line.trim() === '' ? -1 : rest.findIndex((one) => patternOf(line).test(one));
    rest = rest.slice(at + 1);
    return at < 0 && line.trim() !== '';
  });
};
