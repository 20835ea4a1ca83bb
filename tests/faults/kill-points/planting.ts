import { randomBytes } from 'node:crypto';
import type { StoredLetter } from '../world/store-folder.ts';
import type { World } from '../world/world.ts';

const DAY_MS = 86_400_000;
const LINE_FEED = 0x0a;

/** The same letter with other words in its first line. */
const withHeader = (letter: Buffer, over: object): Buffer => {
  const end = letter.indexOf(LINE_FEED);
  const header = JSON.parse(letter.toString('utf8', 0, end)) as object;
  return Buffer.concat([Buffer.from(`${JSON.stringify({ ...header, ...over })}\n`), letter.subarray(end + 1)]);
};

const timeOf = (ms: number): string => new Date(ms).toISOString().replace(/[-:]/g, '');

/** A key beside that of a letter: another time, another hash. */
const keyBeside = ({ key }: StoredLetter, timeMs: number): string =>
  [...key.split('/').slice(0, 3), timeOf(timeMs), randomBytes(32).toString('hex')].join('/');

interface Attempts {
  readonly redriven: number;
  readonly notBeforeMs: number;
  readonly attempts: Readonly<
    Record<string, { readonly runs: number; readonly since: number; readonly triedMs: number }>
  >;
}

/** Makes the journal of a lane say that it tried these objects so many runs before. */
const remember = (world: World, lane: string, runs: Readonly<Record<string, number>>): void => {
  const triedMs = Math.trunc(world.nowMs()) - 1_000;
  const attempts = Object.entries(runs).map(([key, count]) => [key, { runs: count, since: 0, triedMs }]);
  const journal: Attempts = {
    redriven: 9,
    notBeforeMs: 0,
    attempts: Object.fromEntries(attempts) as Attempts['attempts'],
  };
  world.store.plant(`redrive/${encodeURIComponent(lane)}.json`, JSON.stringify(journal));
};

/**
 * Puts beside the letters of a destination what a redrive has to set aside: damaged, of no sense, at fault itself; and makes
 * it remember that one letter failed before.
 */
export const plantLetters = (world: World, destination: string): void => {
  const { store } = world;
  const letters = store
    .contents()
    .letters.filter(
      (letter) => letter.state === 'pending' && letter.destination === destination && letter.ids.length > 0,
    );
  const [letter, suspect] = letters;
  if (letter === undefined || suspect === undefined) throw new Error(`${destination} has too few letters`);
  const body = store.read(letter.key);
  const nowMs = world.nowMs();
  const damaged = Buffer.from(body);
  damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
  store.plant(keyBeside(letter, nowMs), damaged);
  store.plant(keyBeside(letter, nowMs), 'no letter at all');
  const condemned = keyBeside(letter, nowMs);
  store.plant(condemned, withHeader(body, { reason: 'planted: condemned' }));
  remember(world, destination, { [condemned]: 3, [suspect.key]: 1 });
};

/** Letters so old that they are not sent any more. */
export const plantOldLetters = (world: World, destination: string, count: number): void => {
  const { store } = world;
  const letter = store
    .contents()
    .letters.find(
      (candidate) => candidate.state === 'pending' && candidate.destination === destination && candidate.ids.length > 0,
    );
  if (letter === undefined) throw new Error(`${destination} has no letter`);
  const body = store.read(letter.key);
  for (let number = 0; number < count; number++)
    store.plant(
      keyBeside(letter, world.nowMs() - 20 * DAY_MS - number),
      withHeader(body, { reason: `planted: old ${number}` }),
    );
};

/** A letter of a destination that nobody configured. */
export const UNKNOWN: string = `pending/otlp_http%2Fgone/traces/20260101T000000.000Z/${'0'.repeat(64)}`;

/** The same for the on-failure objects: one of no sense, one too old, one condemned, one that failed before. */
export const plantFailures = (world: World, suspect: string): void => {
  const { store } = world;
  const key = (): string => suspect.replace(/[^-]+$/, randomBytes(6).toString('hex'));
  const payload = JSON.stringify({ requestPayload: { awslogs: { data: '' } }, planted: key() });
  store.plant(key(), `no JSON ${key()}`);
  store.plant(key(), payload, Date.now() - 20 * DAY_MS);
  const condemned = key();
  store.plant(condemned, `${payload} `);
  remember(world, 'events', { [condemned]: 3, [suspect]: 1 });
};
