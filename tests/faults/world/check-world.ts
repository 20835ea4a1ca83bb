import { SIGNALS } from '@serverless-otlp/otlp';
import type { Aws } from './aws.ts';
import { unsureIn } from './command.ts';
import type { WorldEvent } from './events.ts';
import { historyOf } from './history.ts';
import { type ItemCounts, itemCounts } from './item-counts.ts';
import type { World } from './world.ts';

/** How often each item reached each destination, and how often it may have. */
interface Ledger {
  /** Taken, or refused in a partial success: settled either way. */
  readonly settled: ItemCounts;
  readonly unsure: ItemCounts;
  /** Times an event was begun, by number. */
  readonly starts: ReadonlyMap<number, number>;
}

const ledgerOf = (world: World, aws: Aws): Ledger => {
  const [settled, unsure] = [itemCounts(), itemCounts()];
  const starts = new Map<number, number>();
  const begin = ({ number }: WorldEvent): void => void starts.set(number, (starts.get(number) ?? 0) + 1);
  for (const command of world.commands) {
    const { event, failuresBefore, records } = command;
    if (event !== undefined) begin(event);
    for (const key of failuresBefore) {
      const failed = aws.eventOf(key);
      if (failed !== undefined) begin(failed);
    }
    for (const { destination, taken, rejected } of records)
      for (const id of [...taken, ...rejected]) settled.add(destination, id);
    for (const [destination, id] of unsureIn(command)) unsure.add(destination, id);
  }
  return { settled, unsure, starts };
};

/** Items of pending and other letters, by state. */
const inStore = (world: World, states: readonly string[]): ItemCounts => {
  const counts = itemCounts();
  for (const { state, destination, ids } of world.store.contents().letters)
    if (states.includes(state)) for (const id of ids) counts.add(destination, id);
  return counts;
};

type Visit = (destination: string, id: number, event: WorldEvent) => void;

/** How often something was found, by what there is to say about it, and what became of the first of them. */
type Findings = Map<string, { items: number; readonly history: string }>;

const find = (world: World, findings: Findings, text: string, destination: string, id: number): void => {
  const finding = findings.get(text) ?? { items: 0, history: historyOf(world, destination, id) };
  finding.items++;
  findings.set(text, finding);
};

const forEachOwed = (world: World, aws: Aws, visit: Visit): void => {
  for (const event of aws.events)
    for (const destination of world.destinations)
      if (destination.takes(event.logGroup))
        for (const signal of SIGNALS)
          if (destination.signals.includes(signal))
            for (const id of event.ids[signal]) visit(destination.id, id, event);
};

/** What is acknowledged is delivered or stored, at any moment between two commands. */
export const checkSettled = (world: World, aws: Aws, when: string): void => {
  const { settled } = ledgerOf(world, aws);
  const stored = inStore(world, ['pending', 'quarantine', 'expired']);
  const lost: Findings = new Map();
  forEachOwed(world, aws, (destination, id, event) => {
    if (aws.stateOf(event) !== 'acknowledged') return;
    if (settled.get(destination, id) + stored.get(destination, id) > 0) return;
    find(world, lost, `event ${event.number} at ${destination}`, destination, id);
  });
  for (const [where, { items, history }] of lost)
    world.violation(`${when}: ${items} items of ${where} are acknowledged and nowhere: ${history}`);
};

/** Requests with exactly this item that were refused: what may be in quarantine. */
const refusedAlone = (world: World): ReadonlySet<string> => {
  const refused = new Set<string>();
  for (const { records } of world.commands)
    for (const { destination, ids, status } of records)
      if (ids.length === 1 && [400, 413, 422].includes(status)) refused.add(`${destination} ${ids[0]}`);
  return refused;
};

/** The property, once the faults have ended and the store is empty. */
export const checkEnd = (world: World, aws: Aws): void => {
  const { settled, unsure, starts } = ledgerOf(world, aws);
  const aside = inStore(world, ['quarantine']);
  const refused = refusedAlone(world);
  const wrong: Findings = new Map();
  forEachOwed(world, aws, (destination, id, event) => {
    const times = settled.get(destination, id);
    const isAside = aside.get(destination, id) > 0;
    const begun = starts.get(event.number) ?? 0;
    const allowed = begun + unsure.get(destination, id) + aws.excuses.of(destination, id);
    if (times === 0 && !isAside && aws.stateOf(event) !== 'set aside')
      find(world, wrong, `${destination} misses items of event ${event.number}`, destination, id);
    if (times > allowed) {
      const said = `${times} times for ${begun} starts and ${allowed - begun} excuses`;
      find(world, wrong, `${destination} got items of event ${event.number} ${said}`, destination, id);
    }
    if (isAside && !refused.has(`${destination} ${id}`))
      find(world, wrong, `${destination} never refused what is in its quarantine`, destination, id);
  });
  for (const [text, { items, history }] of wrong) world.violation(`${text}: ${items}: ${history}`);
  const owed = aws.events.filter((event) => aws.stateOf(event) !== 'acknowledged');
  for (const { number } of owed) world.violation(`event ${number} is not acknowledged`);
  checkLines(world, aws);
  checkBytes(world);
  checkPatience(world);
};

/** Lines that cannot be read are in quarantine, each of them and nothing else. */
const checkLines = (world: World, aws: Aws): void => {
  const lines = world.store.contents().letters.filter(({ destination }) => destination === 'lines');
  const there = new Set(lines.flatMap((letter) => letter.lines));
  const unreadable = new Set(aws.events.flatMap((event) => event.unreadable));
  const missing = [...unreadable].filter((sha256) => !there.has(sha256)).length;
  const more = [...there].filter((sha256) => !unreadable.has(sha256)).length;
  if (missing + more > 0) world.violation(`${missing} lines are not in quarantine, ${more} should not be`);
};

/** The same items of an event are the same bytes, whenever it is delivered: a backend can tell duplicates. */
const checkBytes = (world: World): void => {
  const hashes = new Map<string, string>();
  let different = 0;
  for (const { kind, records } of world.commands)
    for (const { destination, ids, hash } of kind === 'invoke' ? records : []) {
      const key = `${destination} ${ids.join()}`;
      if ((hashes.get(key) ?? hash) !== hash) different++;
      hashes.set(key, hash);
    }
  if (different > 0) world.violation(`${different} requests hold the same items in other bytes`);
};

/** One of so many requests may be given up right after its answer: this machine was busy. More, and it is the client. */
const HASTE = 200;

const checkPatience = (world: World): void => {
  const requests = world.commands.filter(({ status }) => status !== 'killed').flatMap(({ records }) => records);
  const abandoned = requests.filter((record) => record.abandoned).length;
  if (abandoned > 5 + requests.length / HASTE)
    world.violation(`${abandoned} of ${requests.length} requests were given up after they were answered`);
};
