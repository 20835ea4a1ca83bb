import { gzipSync } from 'node:zlib';

interface LogEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
}

/** What CloudWatch Logs invokes a subscribed function with. */
export interface SubscriptionEvent {
  readonly awslogs: { readonly data: string };
}

const subscriptionEvent = (logGroup: string, logEvents: readonly LogEvent[]): SubscriptionEvent => {
  const message = {
    messageType: 'DATA_MESSAGE',
    owner: '000000000000',
    logGroup,
    logStream: '2030/01/01/[$LATEST]0123456789abcdef0123456789abcdef',
    subscriptionFilters: ['demo'],
    logEvents,
  };
  return { awslogs: { data: gzipSync(JSON.stringify(message)).toString('base64') } };
};

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
    const delivery: Promise<void> = deliver(subscriptionEvent(`/aws/lambda/demo-${name}`, events)).finally(() =>
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
    },
    flush: async () => {
      [...groups.keys()].forEach(send);
      await Promise.all(running);
    },
  };
};
