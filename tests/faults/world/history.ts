import type { CommandRecord } from './command.ts';
import type { RequestRecord } from './record.ts';
import type { World } from './world.ts';

/** What became of a request, and of one of its items. */
const requestText = (record: RequestRecord, id?: number): string => {
  const { signal, status, taken, rejected, answered, abandoned, ids } = record;
  const what = id === undefined ? '' : taken.includes(id) ? 'taken, ' : rejected.includes(id) ? 'rejected, ' : '';
  const how = answered === true ? 'answered' : answered === false ? 'cut off' : 'open';
  const counts = `${ids.length} ${signal}, ${taken.length} taken, ${rejected.length} rejected`;
  return `${what}${status} for ${counts}, ${how}${abandoned ? ', abandoned' : ''}`;
};

/** The last requests of a command to a destination: where what nobody was told of is found. */
export const lastRequests = ({ records, stalledMs }: CommandRecord, destination: string): string => {
  const own = records.filter((record) => record.destination === destination).slice(-4);
  return `stalled ${Math.round(stalledMs)} ms; ${own.map((record) => requestText(record)).join('; ')}`;
};

const commandText = (command: CommandRecord, destination: string, id: number): string | undefined => {
  const { number, kind, environment, event, status, error, records, stalledMs, storeBroken } = command;
  const own = records.filter((record) => record.destination === destination && record.ids.includes(id));
  if (own.length === 0) return undefined;
  const of = event === undefined ? '' : ` of event ${event.number}`;
  const after = `${status}${error === undefined ? '' : `: ${error}`}`;
  const but = `${storeBroken ? ', store broken' : ''}${stalledMs > 100 ? `, stalled ${Math.round(stalledMs)} ms` : ''}`;
  return `command ${number}, ${kind}${of} in ${environment}, ${after}${but}: ${own.map((record) => requestText(record, id)).join('; ')}`;
};

/** What was done with an item for a destination, in the order of commands: what a violation is understood from. */
export const historyOf = (world: World, destination: string, id: number): string => {
  const lines = world.commands.flatMap((command) => commandText(command, destination, id) ?? []);
  return `item ${id}: ${lines.join(' | ') || 'never sent'}`;
};
