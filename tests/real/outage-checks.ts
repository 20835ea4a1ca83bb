import type { Report } from '@serverless-otlp/forwarder';
import { expect } from 'vitest';

import { SICK, type World } from './outage-world.ts';
import { SIGNALS, type Signal } from './schema.ts';
import { type Items, itemsOfLines } from './sent.ts';

/** What is in `items` more often than in `others`. */
const without = (items: readonly string[], others: readonly string[]): readonly string[] => {
  const left = new Map<string, number>();
  for (const item of others) left.set(item, (left.get(item) ?? 0) + 1);
  return items.filter((item) => {
    const count = left.get(item) ?? 0;
    left.set(item, count - 1);
    return count <= 0;
  });
};

/** Items that `more` has and `less` lacks. */
export const surplus = (more: Items, less: Items): Items => ({
  traces: without(more.traces, less.traces),
  metrics: without(more.metrics, less.metrics),
  logs: without(more.logs, less.logs),
});

/** No items. */
export const NOTHING: Items = { traces: [], metrics: [], logs: [] };

/**
 * Stops both Collectors. All that was sent is at both and nothing waits any more; it is there once, except that the sick one may have
 * these lines twice.
 */
export const expectAll = async (world: World, maybeTwice: readonly string[] = []): Promise<void> => {
  expect(await world.storedKeys()).toEqual([]);
  await Promise.all([world.healthy.stop(), world.sick.stop()]);
  const sent = itemsOfLines(world.sent);
  expect(world.healthy.items()).toEqual(sent);
  const received = world.sick.items();
  expect(surplus(sent, received)).toEqual(NOTHING);
  expect(surplus(surplus(received, sent), itemsOfLines(maybeTwice))).toEqual(NOTHING);
};

/** What became of a signal's items at the sick destination. */
export const became = (report: Report, signal: Signal): object => {
  const { delivered = 0, pending = 0, quarantined = 0, returned = 0 } = report.destinations[SICK]?.[signal] ?? {};
  return { delivered, pending, quarantined, returned };
};

/** All items of these signals wait for the sick destination. */
export const expectPending = (report: Report, signals: readonly Signal[] = SIGNALS): void => {
  for (const signal of signals) {
    const { decoded } = report.destinations[SICK]?.[signal] ?? { decoded: -1 };
    expect(became(report, signal)).toEqual({ delivered: 0, pending: decoded, quarantined: 0, returned: 0 });
  }
};

/** What is told of the sick destination, and nothing of the other, without ports. */
export const errorsOf = ({ errors = [] }: Report): readonly string[] => {
  expect(errors.filter(({ destination }) => destination !== SICK)).toEqual([]);
  return errors.map(({ error }) => error.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST'));
};
