import { isKept } from './components.ts';
import type { ConfigProblem } from './config-error.ts';
import { defined } from './defined.ts';
import { at } from './references.ts';
import type { DeadLetterSettings, DestinationSettings } from './settings.ts';
import { referencesIn } from './values/reference.ts';

/** What is wrong with an exporter that fails alone: values that have no value. */
export type BrokenExporters = ReadonlyMap<string, readonly ConfigProblem[]>;

/**
 * What decides where telemetry goes. Without it nobody can tell what the destination may have, nor whether it may wait: such a
 * mistake is never one destination's own affair (D1).
 */
const DECIDING = /^(?:match|dead_letter)(?:$|\.)/;

const EXPORTERS = 'exporters.';

/** The exporter a path belongs to: an id may hold dots, so that one may begin like another. */
const ownerOf = (path: string, exporters: object): string | undefined => {
  if (!path.startsWith(EXPORTERS)) return undefined;
  const rest = path.slice(EXPORTERS.length);
  for (let end = rest.lastIndexOf('.'); end > 0; end = rest.lastIndexOf('.', end - 1)) {
    const id = rest.slice(0, end);
    if (Object.hasOwn(exporters, id)) return id;
  }
  return undefined;
};

/** The setting a path names within its exporter. */
const settingOf = (id: string, path: string): string => path.slice(EXPORTERS.length + id.length + 1);

/**
 * Takes the problems out of the list that concern a value of one exporter whose telemetry can wait in the store, or that may be gone a
 * moment later, such as a secret that cannot be read right now: it fails alone (D4).
 */
export const takeBroken = (
  exporters: unknown,
  store: DeadLetterSettings | undefined,
  problems: ConfigProblem[],
): BrokenExporters => {
  const broken = new Map<string, ConfigProblem[]>();
  if (typeof exporters !== 'object' || exporters === null) return broken;
  for (const problem of problems) {
    const id = ownerOf(problem.path, exporters);
    if (id !== undefined) broken.set(id, [...(broken.get(id) ?? []), problem]);
  }
  const settingsOf = exporters as Readonly<Record<string, DestinationSettings | null>>;
  for (const [id, own] of broken) {
    const deciding = own.some(({ path }) => DECIDING.test(settingOf(id, path)));
    const waits = isKept(defined({ dead_letter: store }), settingsOf[id] ?? {});
    if (deciding || !(waits || own.every(({ passing }) => passing === true))) broken.delete(id);
  }
  const taken = new Set([...broken.values()].flat());
  const left = problems.filter((problem) => !taken.has(problem));
  problems.length = 0;
  for (const problem of left) problems.push(problem);
  return broken;
};

/** Whether what stands at this place is text that refers to a value kept elsewhere; a header is told of with all the others. */
const isReferred = (settings: unknown, setting: string): boolean => {
  const path = setting.split('.');
  const found = path.reduce<unknown>(at, settings);
  return (typeof found === 'string' || path.at(-1) === 'headers') && referencesIn(found).length > 0;
};

/**
 * The same for values that were read and are no good, such as a key with a line break in it: whoever writes the secret stops no other
 * destination (D4).
 *
 * @param written the exporters with their references.
 */
export const takeWrongValues = (
  written: unknown,
  exporters: unknown,
  store: DeadLetterSettings | undefined,
  problems: ConfigProblem[],
): BrokenExporters => {
  if (typeof written !== 'object' || written === null) return new Map();
  const isOfValue = ({ path }: ConfigProblem): boolean => {
    const id = ownerOf(path, written);
    return id !== undefined && isReferred(at(written, id), settingOf(id, path));
  };
  const values = problems.filter(isOfValue);
  const broken = takeBroken(exporters, store, values);
  const left = problems.filter((problem) => !isOfValue(problem) || values.includes(problem));
  problems.splice(0, Infinity, ...left);
  return broken;
};

/** What is wrong with each in either. */
export const joined = (one: BrokenExporters, other: BrokenExporters): BrokenExporters =>
  new Map([...one, ...[...other].map(([id, own]) => [id, [...(one.get(id) ?? []), ...own]] as const)]);

/** What to say of each. */
export const reasonsOf = (broken: BrokenExporters): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...broken].map(([id, own]) => [
      id,
      own.map(({ path, message }) => `${settingOf(id, path)} ${message}`).join('; '),
    ]),
  );
