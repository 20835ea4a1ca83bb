import { counted, visible } from '@serverless-otlp/dev-server';
import type { LaneReport } from '@serverless-otlp/forwarder';
import type { RedriveTotal } from './passes.ts';

const laneText = (name: string, lane: LaneReport): string => {
  const { redriven, items, rejected, unconfirmed, quarantined, expired, vanished, remaining, found } = lane;
  if (found === 0) return `${visible(name)}: nothing waits`;
  const details = [
    ...(items > 0 ? [`${counted(items, 'item')} delivered`] : []),
    ...(rejected > 0 ? [`${rejected} of them rejected`] : []),
    ...(unconfirmed > 0 ? [`${unconfirmed} of them unconfirmed`] : []),
  ];
  const parts = [
    `${counted(redriven, 'object')} redriven${details.length === 0 ? '' : ` (${details.join(', ')})`}`,
    ...(quarantined > 0 ? [`${quarantined} to the quarantine`] : []),
    ...(expired > 0 ? [`${expired} expired`] : []),
    ...(vanished > 0 ? [`${vanished} taken by somebody else`] : []),
    ...(remaining > 0 || lane.more === true ? [`${remaining}${lane.more === true ? ' or more' : ''} left`] : []),
  ];
  return `${visible(name)}: ${parts.join(', ')}`;
};

/** For people: a line per destination. */
export const totalText = ({ destinations, events }: RedriveTotal): string =>
  [
    ...Object.entries(destinations).map(([name, lane]) => laneText(name, lane)),
    ...(events === undefined || events.found === 0 ? [] : [laneText('events', events)]),
  ]
    .map((line) => `${line}\n`)
    .join('');

/** What did not go well and what to do about it, one sentence each; empty when all is well. */
export const redriveShortfalls = (total: RedriveTotal): readonly string[] => {
  const { destinations, events, unknown, errors, balanced } = total;
  const lanes: readonly (readonly [string, LaneReport])[] = [
    ...Object.entries(destinations),
    ...(events === undefined ? [] : [['events', events] as const]),
  ];
  const sum = (of: (lane: LaneReport) => number): number => lanes.reduce((all, [, lane]) => all + of(lane), 0);
  const [quarantined, expired, rejected] = [
    sum((lane) => lane.quarantined),
    sum((lane) => lane.expired),
    sum((lane) => lane.rejected),
  ];
  return [
    ...lanes.flatMap(([name, { remaining, more, error }]) =>
      remaining === 0 && more !== true
        ? []
        : [
            `${visible(name)}: ${more === true ? 'at least ' : ''}${counted(remaining, 'object')} left${error === undefined ? '' : `: ${visible(error)}`}. They stay in the store; repair the destination or its configuration, then run this again.`,
          ],
    ),
    ...(quarantined > 0
      ? [
          `${counted(quarantined, 'object')} moved to the quarantine: refused, or damaged. See why with "redrive list --state quarantine"; send them again with "redrive run --state quarantine".`,
        ]
      : []),
    ...(expired > 0
      ? [
          `${counted(expired, 'object')} too old to be sent, moved to expired/. Send them all the same with "redrive run --state expired".`,
        ]
      : []),
    ...(rejected > 0
      ? [`${counted(rejected, 'item')} rejected by the destination, which must not be sent again as they are.`]
      : []),
    ...Object.entries(unknown).map(
      ([name, objects]) =>
        `${visible(name)}: ${counted(objects, 'object')} left alone, since no exporter of the configuration has this id. Add it, or discard them.`,
    ),
    ...errors.map((error) => `The store failed: ${visible(error)}.`),
    ...(balanced ? [] : ['Objects are unaccounted for. This is a bug: please report it.']),
  ];
};
