import { gzipSync } from 'node:zlib';
import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import type { Random } from '../../../scripts/fuzz/random.ts';
import { BOMB_LINE, HOSTILE_LINES } from './hostile-lines.ts';
import { telemetryLine } from './lines.ts';
import { sha256 } from './store-folder.ts';

/** One event of a subscription, and what the world knows about it. */
export interface WorldEvent {
  readonly number: number;
  readonly logGroup: string;
  readonly payload: unknown;
  readonly ids: Readonly<Record<Signal, readonly number[]>>;
  readonly lines: { readonly in: number; readonly decoded: number; readonly ignored: number };
  /** SHA-256 of each line that has to be quarantined. */
  readonly unreadable: readonly string[];
}

/** Log groups of the world. Destinations take some and not others. */
const LOG_GROUPS = ['/aws/lambda/shop-checkout', '/aws/lambda/shop-cart', '/aws/lambda/secret-vault'] as const;

/** The forwarder's own log group, whose events are acknowledged and nothing else. */
export const OWN_LOG_GROUP = '/aws/lambda/otlp-forwarder';

/** Items per line; few sizes, since each is encoded once. */
const SIZES = [1, 1, 2, 3, 5, 8, 13, 21] as const;
/** In OTLP/JSON a line of 1 MB, the longest there is. */
const LARGE = 2_700;

/** Makes events until so many items are in them. */
export interface EventSource {
  /** Items that are not made yet. */
  readonly left: number;
  /** `undefined` when all items are made. */
  next(nowMs: number): WorldEvent | undefined;
  /** All signals, some lines each, a line that cannot be read, and from a log group that every destination takes. */
  mixed(nowMs: number): WorldEvent;
}

interface Lines {
  readonly texts: string[];
  readonly ids: Record<Signal, number[]>;
  readonly unreadable: string[];
  decoded: number;
  ignored: number;
  bombs: number;
}

const noLines = (): Lines => ({
  texts: [],
  ids: { traces: [], metrics: [], logs: [] },
  unreadable: [],
  decoded: 0,
  ignored: 0,
  bombs: 0,
});

/** Events of chance: mostly one to ten lines, some of 1 MB, hostile lines among them. `feedback` is what the forwarder itself wrote. */
export const eventSource = (random: Random, items: number, feedback: () => string): EventSource => {
  let made = 0;
  let number = 0;

  const take = (count: number): number[] => {
    const first = made;
    made += count;
    return Array.from({ length: count }, (_, index) => first + index);
  };

  const anySignal = (): Signal => SIGNALS[random.below(SIGNALS.length)] ?? 'traces';

  const addTelemetry = (lines: Lines, count: number, signal = anySignal()): void => {
    if (count === 0) return;
    const ids = take(count);
    lines.ids[signal].push(...ids);
    lines.texts.push(telemetryLine(random, signal, ids));
    lines.decoded++;
  };

  const atMost = (count: number): number => Math.min(count, items - made);

  const addOther = (lines: Lines, kind = random.below(HOSTILE_LINES.length + 1)): void => {
    const hostile = HOSTILE_LINES[kind];
    if (hostile?.name === BOMB_LINE && lines.bombs++ > 0) return;
    const text = hostile === undefined ? feedback() : hostile.text(number * 100 + lines.texts.length);
    lines.texts.push(text);
    if (hostile?.verdict === 'quarantined') lines.unreadable.push(sha256(text));
    else lines.ignored++;
  };

  const eventOf = (lines: Lines, logGroup: string, nowMs: number): WorldEvent => {
    const { texts, ids, unreadable, decoded, ignored } = lines;
    const logEvents = texts.map((message, index) => ({ id: `${number}-${index}`, timestamp: nowMs + index, message }));
    const subscription = {
      messageType: 'DATA_MESSAGE',
      owner: '123456789012',
      logGroup,
      logStream: `2026/01/01/[$LATEST]${number % 40}`,
      subscriptionFilters: ['otlp'],
      logEvents,
    };
    const data = gzipSync(JSON.stringify(subscription), { level: 1 }).toString('base64');
    const counts = { in: texts.length, decoded, ignored };
    return { number: number++, logGroup, payload: { awslogs: { data } }, ids, lines: counts, unreadable };
  };

  return {
    get left() {
      return items - made;
    },
    next: (nowMs) => {
      if (made >= items) return undefined;
      const lines = noLines();
      const large = random.below(150) === 0;
      if (large) addTelemetry(lines, atMost(LARGE));
      for (let left = 1 + random.below(10); left > 0; left--) {
        if (random.below(8) === 0) addOther(lines);
        else addTelemetry(lines, atMost(SIZES[random.below(SIZES.length)] ?? 1));
      }
      return eventOf(lines, LOG_GROUPS[random.below(LOG_GROUPS.length)] ?? LOG_GROUPS[0], nowMs);
    },
    mixed: (nowMs) => {
      const lines = noLines();
      for (const signal of SIGNALS) {
        addTelemetry(lines, 34, signal);
        addTelemetry(lines, 34, signal);
      }
      addOther(lines, 0);
      return eventOf(lines, LOG_GROUPS[0], nowMs);
    },
  };
};
