import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SIGNALS } from '@serverless-otlp/otlp';
import { randomOf } from '../../../scripts/fuzz/random.ts';
import type { InnerFaults } from '../environment/protocol.ts';
import { type Ended, type Environment, startEnvironment } from '../world/environment.ts';
import { eventSource, type WorldEvent } from '../world/events.ts';
import { storeFolder } from '../world/store-folder.ts';
import type { Point } from './instrument.ts';
import { type Keys, startKeeper } from './keeper.ts';
import type { Passage, Theatre } from './theatre.ts';

/** A situation in which an environment waits for what proves who it is, with its second event. */
export interface KeyRecipe {
  readonly name: string;
  /** Before the environment starts. */
  readonly begin?: (keys: Keys) => unknown;
  /** Between its two events. */
  readonly meanwhile: (keys: Keys) => unknown;
}

const RECIPES: readonly KeyRecipe[] = [
  { name: 'a token that is refused', meanwhile: (keys) => (keys.token += 1) },
  { name: 'a key that is refused', meanwhile: (keys) => (keys.key += 1) },
  {
    name: 'a key that cannot be read at the start',
    begin: (keys) => (keys.failure = 'error'),
    meanwhile: (keys) => (keys.failure = undefined),
  },
];

const REMAINING_MS = 60_000;
/** So old is a token that another is asked for, and a reading that it is made again. */
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const TRIES = 3;
const MAX_RUNS = 20;

/** How often an event was begun; at most so often may its items arrive. */
interface Begun {
  readonly event: WorldEvent;
  starts: number;
}

/** A destination that asks for a key and a token, one forwarder and one redrive at a time; close it in the end. */
export const openKeyTheatre = async (sources: string, points: readonly Point[]): Promise<Theatre<KeyRecipe>> => {
  const folder = mkdtempSync(join(tmpdir(), 'otlp-faults-keys-'));
  const violations: string[] = [];
  const violation = (text: string): void => void violations.push(text);
  const keeper = await startKeeper();
  const { keys } = keeper;
  const begun: Begun[] = [];
  const source = eventSource(randomOf(1), 0, () => '');
  const store = storeFolder(join(folder, 'store'), violation);
  const configuration = join(folder, 'forwarder.json');
  const pipelines = Object.fromEntries(SIGNALS.map((signal) => [signal, { exporters: ['otlp_http'] }]));
  writeFileSync(
    configuration,
    JSON.stringify({
      exporters: { otlp_http: keeper.exporter },
      dead_letter: { folder: { path: store.path } },
      service: { pipelines },
    }),
  );
  let clockMs = 0;
  let started = 0;

  const start = (): Environment =>
    startEnvironment({
      name: `keys-${started++}`,
      variables: keeper.variables,
      configuration,
      sources,
      clockMs: () => clockMs,
      violation,
      output: () => undefined,
    });

  const newEvent = (): Begun => {
    const one = { event: source.mixed(Date.now() + clockMs), starts: 0 };
    begun.push(one);
    return one;
  };

  const invoke = (environment: Environment, one: Begun, faults: InnerFaults = {}): Promise<Ended> => {
    one.starts++;
    return environment.run({ kind: 'invoke', event: one.event.payload, remainingMs: REMAINING_MS, faults });
  };

  const isDone = (ended: Ended): boolean => ended.status === 'replied' && ended.reply.error === undefined;

  /** What AWS does for an event: again until it is taken. */
  const deliver = async (environment: Environment, one: Begun): Promise<void> => {
    for (let tries = 0; tries < TRIES; tries++) if (isDone(await invoke(environment, one))) return;
    violation(`event ${one.event.number} is not taken`);
  };

  const isWaiting = (): boolean => store.contents().letters.some(({ state }) => state === 'pending');

  /** What was killed comes again, and what waits is sent. */
  const recover = async (ended: Ended, one: Begun): Promise<void> => {
    const environment = start();
    if (!isDone(ended)) await deliver(environment, one);
    for (let run = 0; run < MAX_RUNS && isWaiting(); run++) {
      clockMs += HOUR_MS;
      await environment.run({ kind: 'redrive', remainingMs: REMAINING_MS, faults: {} });
    }
    await environment.end();
  };

  const play = async ({ begin, meanwhile }: KeyRecipe, faults: InnerFaults): Promise<Ended> => {
    begin?.(keys);
    const environment = start();
    await deliver(environment, newEvent());
    meanwhile(keys);
    clockMs += MINUTE_MS;
    const one = newEvent();
    const ended = await invoke(environment, one, faults);
    await environment.end();
    await recover(ended, one);
    return ended;
  };

  const check = ({ event, starts }: Begun): void => {
    const times = SIGNALS.flatMap((signal) => event.ids[signal]).map(keeper.takenOf);
    if (times.includes(0)) violation(`items of event ${event.number} are missing`);
    if (times.some((count) => count > starts))
      violation(`items of event ${event.number} came more often than promised`);
  };

  return {
    violations,
    rehearse: async () => {
      const passages = new Map<number, Passage<KeyRecipe>[]>();
      for (const recipe of RECIPES) {
        const ended = await play(recipe, {});
        if (!isDone(ended)) violation(`${recipe.name}: ${JSON.stringify(ended)}`);
        for (const [point, before, after] of ended.status === 'replied' ? ended.reply.hits : [])
          passages.set(point, [...(passages.get(point) ?? []), { recipe, before, after }]);
      }
      return passages;
    },
    die: async (recipe, point, when, nth) => {
      const seen = violations.length;
      const { status } = await play(recipe, { kill: { point, when, nth } });
      const { file, line, text } = points[point] ?? { file: '', line: 0, text: '' };
      if (violations.length > seen) violation(`… ${recipe.name}, killed ${when} ${file}:${line} ${text}`);
      return status === 'killed';
    },
    close: async () => {
      begun.forEach(check);
      await keeper.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
