import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import type { ForwarderReport } from '../environment/protocol.ts';
import { type CommandRecord, hasStalled, mayNotKnow } from './command.ts';
import type { WorldDestination } from './destination.ts';
import type { WorldEvent } from './events.ts';
import { lastRequests } from './history.ts';
import type { RequestRecord } from './record.ts';
import type { World } from './world.ts';

const itemsOf = (records: readonly RequestRecord[]): number =>
  records.reduce((sum, { taken, rejected }) => sum + taken.length + rejected.length, 0);

/** What a report may say of what was delivered: what was certainly taken, and at most what a client may take for it. */
const checkDelivered = (world: World, who: string, told: number, command: CommandRecord, id: string): void => {
  const records = command.records.filter(({ destination }) => destination === id);
  const sure = itemsOf(records.filter((record) => !mayNotKnow(command, record)));
  const most = itemsOf(records);
  if (told < sure || told > most)
    world.violation(
      `${who} reports ${told} items taken, the server took ${sure} to ${most}: ${lastRequests(command, id)}`,
    );
};

const countsOf = (report: ForwarderReport, id: string): Readonly<Record<string, number>> => {
  const sums: Record<string, number> = {};
  for (const counts of Object.values(report.destinations[id] ?? {}))
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + (count as number);
  return sums;
};

const sorted = (ids: readonly number[]): string => [...ids].sort((a, b) => a - b).join();

/** Exactly once to a healthy destination per delivered event, whatever happens to the others. */
const checkExactness = (
  world: World,
  command: CommandRecord,
  event: WorldEvent,
  { id, takes, isPoison }: WorldDestination,
  signal: Signal,
): void => {
  const { clean, records } = command;
  if (hasStalled(command)) return;
  const ids = event.ids[signal];
  if (!clean.has(`${id} ${signal}`) || ids.some(isPoison)) return;
  const own = records.filter((record) => record.destination === id && record.signal === signal);
  if (own.some((record) => record.abandoned)) return;
  const got = sorted(own.flatMap(({ taken, rejected }) => [...taken, ...rejected]));
  const owed = takes(event.logGroup) ? sorted(ids) : '';
  if (got === owed) return;
  const [report] = command.reports;
  const said = report?.errors?.find(({ destination }) => destination === id)?.error;
  world.violation(
    `command ${command.number}: ${id}, which is healthy, did not get the ${signal} of event ${event.number} exactly once: ${said}`,
  );
};

const checkReport = (world: World, command: CommandRecord, event: WorldEvent, report: ForwarderReport): void => {
  const who = `command ${command.number}`;
  const { lines } = report;
  const unreadable = lines.quarantined + (lines.returned ?? 0);
  if (!report.balanced) world.violation(`${who}: its report does not add up: ${JSON.stringify(report)}`);
  if (
    lines.in !== event.lines.in ||
    lines.decoded !== event.lines.decoded ||
    lines.ignored !== event.lines.ignored ||
    unreadable !== event.unreadable.length
  )
    world.violation(
      `${who} counts lines ${JSON.stringify(lines)} of ${JSON.stringify(event.lines)}, ${event.unreadable.length}`,
    );
  let returned = lines.returned ?? 0;
  for (const { id, signals, takes } of world.destinations) {
    const counts = countsOf(report, id);
    const items = signals.reduce((sum, signal) => sum + event.ids[signal].length, 0);
    if ((counts['decoded'] ?? 0) !== items)
      world.violation(`${who}: ${id} is said to have ${counts['decoded']} of ${items} items`);
    if ((counts['filtered'] ?? 0) !== (takes(event.logGroup) ? 0 : items))
      world.violation(`${who}: ${id} is not filtered as its match says`);
    returned += counts['returned'] ?? 0;
    const told = (counts['delivered'] ?? 0) + (counts['rejected'] ?? 0);
    checkDelivered(world, `${who}, ${id},`, told, command, id);
  }
  if (returned > 0 !== (command.status === 'failed'))
    world.violation(`${who} is ${command.status} with ${returned} things returned`);
};

const checkInvocation = (world: World, command: CommandRecord, event: WorldEvent): void => {
  const { status, number, error, reports, storeBroken } = command;
  if (status === 'killed') return;
  if (status === 'failed' && !storeBroken)
    world.violation(`command ${number}: the event went back although the store works: ${error}`);
  const [report] = reports;
  if (report === undefined || reports.length > 1)
    world.violation(`command ${number}: ${reports.length} reports: ${error}`);
  else checkReport(world, command, event, report);
  for (const destination of world.destinations)
    for (const signal of SIGNALS)
      if (destination.signals.includes(signal)) checkExactness(world, command, event, destination, signal);
};

const checkRedrive = (world: World, command: CommandRecord): void => {
  const { status, number, error, reports, redrive, storeBroken } = command;
  if (status === 'killed') return;
  if (redrive === undefined) {
    world.violation(`command ${number}: no report: ${error}`);
    return;
  }
  if (!redrive.balanced) world.violation(`command ${number}: its report does not add up: ${JSON.stringify(redrive)}`);
  if (redrive.errors !== undefined && !storeBroken)
    world.violation(`command ${number}: the store works and ${redrive.errors.join()}`);
  for (const report of reports) if (!report.balanced) world.violation(`command ${number}: a report does not add up`);
  for (const { id } of world.destinations) {
    const forwarded = reports.reduce((sum, report) => {
      const { delivered = 0, rejected = 0 } = countsOf(report, id);
      return sum + delivered + rejected;
    }, 0);
    const lane = redrive.destinations[id];
    // A lane that the store stopped tells nothing of what it did before.
    if (lane === undefined && storeBroken) continue;
    const { redriven = 0, remaining = 0 } = redrive.events ?? {};
    const more = `${reports.length} events forwarded, ${redriven} redriven, ${remaining} remain`;
    const why = [lane?.error, redrive.events?.error].filter((error) => error !== undefined).join(', ') || 'complete';
    const who = `command ${number}, redrive of ${id} (${why}; ${more}),`;
    checkDelivered(world, who, forwarded + (lane?.items ?? 0), command, id);
  }
};

const checkPlan = (world: World, { number, status, error, records }: CommandRecord): void => {
  if (records.length > 0) world.violation(`command ${number}: a dry run sent something`);
  if (status === 'failed') world.violation(`command ${number}: a dry run failed: ${error}`);
};

/** Everything that can be said of one command as soon as it is over. */
export const checkCommand = (world: World, command: CommandRecord): void => {
  if (command.status === 'timed out') world.violation(`command ${command.number} was not back before its timeout`);
  else if (command.kind === 'plan') checkPlan(world, command);
  else if (command.kind === 'redrive') checkRedrive(world, command);
  else if (command.event !== undefined) checkInvocation(world, command, command.event);
};
