import { type ChildProcess, fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command, Reply } from '../environment/protocol.ts';
import { showsCanary } from './canary.ts';

const MAIN = fileURLToPath(new URL('../environment/main.ts', import.meta.url));

/** A handler that is not back this long after its timeout is one that Lambda would have to kill. */
const TIMEOUT_SLACK_MS = 5_000;

/** How a command ended. */
export type Ended =
  | { readonly status: 'replied'; readonly reply: Reply }
  | { readonly status: 'killed' }
  | { readonly status: 'timed out' };

/** Where environments come from, and whom they tell. */
export interface EnvironmentOptions {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly configuration: string;
  readonly sources: string;
  readonly clockMs: () => number;
  readonly violation: (text: string) => void;
  /** Is given what it writes to standard output. */
  readonly output: (text: string) => void;
}

/** What happens to an environment that has nothing to do with its command. */
export interface HowToRun {
  /** Kills it from outside, so many milliseconds after the command. */
  readonly killAfterMs?: number;
  /** Happens while it is frozen; it wakes up with the command already there. */
  readonly frozen?: () => void;
}

/** An execution environment: a process that lives until it is killed or ended. */
export interface Environment {
  readonly name: string;
  readonly alive: boolean;
  run(command: Omit<Command, 'clockMs'>, how?: HowToRun): Promise<Ended>;
  /** Kills it. */
  end(): Promise<void>;
}

/** Reads both outputs for secrets, across the borders of chunks. */
const watch = (child: ChildProcess, { violation, output, name }: EnvironmentOptions): void => {
  for (const [kind, stream] of [
    ['standard output', child.stdout],
    ['standard error', child.stderr],
  ] as const) {
    let tail = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      if (showsCanary(tail + text)) violation(`${name} wrote a secret to ${kind}`);
      tail = (tail + text).slice(-200);
      if (kind === 'standard output') output(text);
      else violation(`${name} wrote to ${kind}: ${text.slice(0, 2_000)}`);
    });
  }
};

/** Starts an environment; it is ready with the first command. */
export const startEnvironment = (options: EnvironmentOptions): Environment => {
  const { name, variables, configuration, sources, clockMs, violation } = options;
  const child = fork(MAIN, [], {
    execArgv: ['--conditions=@serverless-otlp/source', '--no-warnings'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...variables,
      OTLP_FORWARDER_CONFIG: configuration,
      FAULTS_SOURCES: sources,
      FAULTS_CLOCK_MS: String(clockMs()),
      FAULTS_ENVIRONMENT: name,
      NODE_COMPILE_CACHE: join(tmpdir(), 'otlp-faults-cache'),
      PATH: process.env['PATH'],
    },
  });
  watch(child, options);
  let alive = true;
  let answer: (ended: Ended) => void = () => undefined;
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.once('exit', () => {
    alive = false;
    answer({ status: 'killed' });
  });
  child.on('error', () => undefined); // a command that finds it dead: `exit` tells
  const ready = new Promise<boolean>((resolve) => child.once('message', () => resolve(true)));
  let timer: NodeJS.Timeout | undefined;
  let busy = false;

  const listen = (): Promise<Ended> =>
    new Promise((resolve) => {
      answer = (ended) => {
        clearTimeout(timer);
        answer = () => undefined;
        busy = false;
        resolve(ended);
      };
      if (!alive) answer({ status: 'killed' });
    });
  child.on('message', (message) => {
    if (!busy) return;
    const reply = message as Reply;
    if (showsCanary(JSON.stringify(reply))) violation(`${name} showed a secret in a report or error`);
    answer({ status: 'replied', reply });
  });

  return {
    name,
    get alive() {
      return alive;
    },
    run: async (command, { killAfterMs, frozen } = {}) => {
      if (!(await Promise.race([ready, gone.then(() => false)]))) throw new Error(`${name} did not start`);
      const ended = listen();
      busy = true;
      timer = setTimeout(() => {
        child.kill('SIGKILL');
        answer({ status: 'timed out' });
      }, command.remainingMs + TIMEOUT_SLACK_MS);
      if (frozen !== undefined) {
        child.kill('SIGSTOP');
        frozen();
      }
      if (alive) child.send({ ...command, clockMs: clockMs() } satisfies Command, () => undefined);
      if (frozen !== undefined) child.kill('SIGCONT');
      const killer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
      return ended.finally(() => clearTimeout(killer));
    },
    end: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
};
