import {
  EVENT_LIMITS,
  subscriptionEvent,
  type LogEvent,
  type SubscriptionEvent,
} from '../../../packages/cli/src/forward/subscription-event.ts';

/** Collects what functions print, as CloudWatch Logs does, and hands it to a subscriber. */
export interface LogGroups {
  add(name: string, line: string): void;
  /** Delivers what still waits and resolves when the subscriber has dealt with everything. */
  flush(): Promise<void>;
}

/** Long enough for the lines of one invocation to travel together, short enough for somebody who watches. */
const DELIVERY_MS = 100;

/** Log groups with one subscriber, who is given all lines: those that are not telemetry are for the forwarder to ignore. */
export const createLogGroups = (deliver: (event: SubscriptionEvent) => Promise<void>): LogGroups => {
  const groups = new Map<string, { events: LogEvent[]; timer: NodeJS.Timeout | undefined }>();
  const running = new Set<Promise<void>>();
  let count = 0;

  const send = (name: string): void => {
    const group = groups.get(name);
    if (group === undefined || group.events.length === 0) return;
    clearTimeout(group.timer);
    const { events } = group;
    [group.events, group.timer] = [[], undefined];
    const logGroup = `/aws/lambda/demo-${name}`;
    const logStream = '2030/01/01/[$LATEST]0123456789abcdef0123456789abcdef';
    const delivery: Promise<void> = deliver(subscriptionEvent(events, { logGroup, logStream })).finally(() =>
      running.delete(delivery),
    );
    running.add(delivery);
  };

  return {
    add: (name, line) => {
      const group = groups.get(name) ?? { events: [], timer: undefined };
      groups.set(name, group);
      count += 1;
      group.events.push({ id: String(count).padStart(56, '0'), timestamp: Date.now(), message: line });
      group.timer ??= setTimeout(() => send(name), DELIVERY_MS);
      if (group.events.length >= EVENT_LIMITS.maxItems) send(name);
    },
    flush: async () => {
      [...groups.keys()].forEach(send);
      await Promise.all(running);
    },
  };
};
