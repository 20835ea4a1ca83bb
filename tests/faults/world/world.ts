import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { testTls } from '@serverless-otlp/testing/fake-collector';
import { hashOf, type Random, randomOf } from '../../../scripts/fuzz/random.ts';
import type { InnerFaults } from '../environment/protocol.ts';
import { watchStalls } from '../environment/stall.ts';
import type { Behaviour } from './behaviours.ts';
import type { CommandOptions, CommandRecord } from './command.ts';
import { type StoreSettings, variablesOf, writeConfiguration } from './configuration.ts';
import { startDestination, type WorldDestination } from './destination.ts';
import { startEnvironment } from './environment.ts';
import type { WorldEvent } from './events.ts';
import { PLANS } from './plans.ts';
import { type Pool, poolOf } from './pool.ts';
import type { RequestRecord } from './record.ts';
import { type Breakage, type StoreFolder, storeFolder } from './store-folder.ts';

/** What a world is made of. */
export interface WorldOptions {
  readonly seed: number;
  /** JSON of instrumented sources, see `kill-points/instrument.ts`. */
  readonly sources: string;
  /** Where the forwarder finds its store; default the folder itself. */
  readonly storeOf?: (folder: string) => StoreSettings | Promise<StoreSettings>;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Destinations, a store, a forwarder and a redrive, and everything they did. */
export interface World {
  readonly random: Random;
  readonly destinations: readonly WorldDestination[];
  readonly store: StoreFolder;
  readonly commands: readonly CommandRecord[];
  /** What must not have happened; the suite fails unless it is empty. */
  readonly violations: readonly string[];
  /** Lines the forwarder wrote last. */
  readonly output: string;
  nowMs(): number;
  advance(ms: number): void;
  behave(name: string, behaviour: Behaviour): Promise<void>;
  breakStore(how: Breakage | undefined): void;
  invoke(event: unknown, options?: CommandOptions & { readonly as?: WorldEvent }): Promise<CommandRecord>;
  redrive(options?: CommandOptions): Promise<CommandRecord>;
  /** What a redrive would do. */
  plan(options?: CommandOptions): Promise<CommandRecord>;
  /** Kills an environment by its name. */
  kill(environment: string): void;
  /** New environments from now on, with the keys of today. */
  renew(): Promise<void>;
  violation(text: string): void;
  close(): Promise<void>;
}

const MAX_VIOLATIONS = 30;

/** How long the end of a request may take to be noticed. */
const SETTLE_MS = 1_000;

/**
 * What a client did to its connections before it replied is there when the reply is, but it takes turns of the event loop until a
 * server says so: the other side's end, ours, and the close.
 */
const SETTLE_TURNS = 10;

/** Builds a world; close it in the end. */
export const startWorld = async (options: WorldOptions): Promise<World> => {
  const { seed, sources, variables = {}, storeOf = (path: string) => ({ folder: { path } }) } = options;
  const random = randomOf(hashOf('world', seed));
  const folder = mkdtempSync(join(tmpdir(), 'otlp-faults-'));
  const violations: string[] = [];
  const commands: CommandRecord[] = [];
  const running = new Map<string, RequestRecord[]>();
  let clockMs = 0;
  let started = 0;
  let begun = 0;
  let output = '';
  let broken = false;

  const violation = (text: string): void => {
    if (violations.length < MAX_VIOLATIONS) violations.push(text);
  };
  const record = (seen: RequestRecord): void => {
    running.get(seen.environment)?.push(seen);
  };
  const isRunning = (seen: RequestRecord): boolean => running.get(seen.environment)?.includes(seen) === true;
  const destinations = await Promise.all(
    PLANS.map((plan) =>
      startDestination(plan, { random: randomOf(hashOf(plan.name, seed)), record, isRunning, violation }),
    ),
  );
  const store = storeFolder(join(folder, 'store'), violation);
  const [configuration, caFile] = [join(folder, 'forwarder.json'), join(folder, 'ca.pem')];
  writeFileSync(caFile, testTls().ca);
  writeConfiguration(configuration, destinations, await storeOf(store.path), caFile);

  const newPool = (kind: string): Pool => {
    const start = () =>
      startEnvironment({
        name: `${kind}-${started++}`,
        variables: { ...variables, ...variablesOf(destinations) },
        configuration,
        sources,
        clockMs: () => clockMs,
        violation,
        output: (text) => (output = (output + text).slice(-5_000)),
      });
    return poolOf(start, destinations);
  };
  const [forwarders, redrives] = [newPool('forwarder'), newPool('redrive')];
  const pools = [forwarders, redrives];

  const unresolved = (): Readonly<Record<string, string>> => {
    const names = destinations.filter(({ behaviour }) => behaviour.outside === 'unresolved').map(({ host }) => host);
    return Object.fromEntries(names.map((host) => [host, random.below(2) === 0 ? 'ENOTFOUND' : 'EAI_AGAIN']));
  };

  const run = async (
    kind: CommandRecord['kind'],
    event: unknown,
    {
      remainingMs = 15_000,
      faults = {},
      reason,
      killAfterMs,
      thaw,
      as,
    }: CommandOptions & { readonly as?: WorldEvent } = {},
  ): Promise<CommandRecord> => {
    const pool = kind === 'invoke' ? forwarders : redrives;
    const member = pool.acquire();
    const { environment } = member;
    const records: RequestRecord[] = [];
    running.set(environment.name, records);
    const known = {
      number: begun++,
      kind,
      environment: environment.name,
      ...(as === undefined ? {} : { event: as }),
      failuresBefore: kind === 'redrive' && !broken ? store.contents().failures : [],
      records,
      clean: new Set(member.clean),
      storeBroken: broken || faults.file !== undefined,
    };
    const inner: InnerFaults = { ...faults, names: unresolved() };
    const frozen = (): void => destinations.forEach((destination) => destination.closeIdle(environment.name));
    const stalls = watchStalls();
    const ended = await environment.run(
      { kind, event, remainingMs, faults: inner, ...(reason !== undefined && { reason }) },
      { ...(killAfterMs !== undefined && { killAfterMs }), ...(thaw === true && { frozen }) },
    );
    for (let turn = 0; turn < SETTLE_TURNS; turn++) await nextTurn();
    const until = performance.now() + SETTLE_MS;
    do await sleep(1);
    while (records.some(({ answered }) => answered === undefined) && performance.now() < until);
    running.delete(environment.name);
    const stalledMs = stalls.longestMs();
    stalls.stop();
    pool.learn(member, records);
    pool.release(member);
    const reply = ended.status === 'replied' ? ended.reply : undefined;
    const done: CommandRecord = {
      ...known,
      status: ended.status !== 'replied' ? ended.status : ended.reply.error === undefined ? 'done' : 'failed',
      ...(reply?.error === undefined ? {} : { error: reply.error }),
      ...(reply?.redrive === undefined ? {} : { redrive: reply.redrive }),
      reports: reply?.reports ?? [],
      hits: reply?.hits ?? [],
      stalledMs: Math.max(stalledMs, reply?.stalledMs ?? 0),
    };
    commands.push(done);
    return done;
  };

  return {
    random,
    destinations,
    store,
    commands,
    violations,
    get output() {
      return output;
    },
    nowMs: () => Date.now() + clockMs,
    advance: (ms) => {
      clockMs += ms;
    },
    behave: async (name, behaviour) => {
      const destination = destinations.find((candidate) => candidate.name === name);
      if (destination === undefined) throw new Error(`no destination ${name}`);
      if (behaviour.healthy !== true) for (const each of pools) each.spoil(destination.id);
      await destination.behave(behaviour);
    },
    breakStore: (how) => {
      store.repair();
      broken = how !== undefined;
      if (how !== undefined) store.breakDown(how);
    },
    invoke: (event, more) => run('invoke', event, more),
    redrive: (more) => run('redrive', undefined, more),
    plan: (more) => run('plan', undefined, more),
    kill: (name) => {
      for (const { environment } of pools.flatMap(({ members }) => members))
        if (environment.name === name) void environment.end();
    },
    renew: async () => {
      await Promise.all(pools.map((each) => each.end()));
    },
    violation,
    close: async () => {
      await Promise.all(pools.map((each) => each.end()));
      await Promise.all(destinations.map((destination) => destination.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
