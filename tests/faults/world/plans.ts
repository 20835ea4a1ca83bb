import type { DestinationPlan } from './destination.ts';
import { MAX_RESPONSE_BYTES } from './behaviours.ts';

const never = (): boolean => false;
const all = (): boolean => true;

/** What all destinations share: patience of seconds instead of minutes. */
const COMMON = {
  timeout_ms: 2_500,
  max_response_bytes: MAX_RESPONSE_BYTES,
  retry: { initial_interval_ms: 5, max_interval_ms: 20, max_elapsed_ms: 3_000 },
  breaker: { failures: 3, interval_ms: 30_000 },
} as const;

/** Five destinations, no two alike. */
export const PLANS: readonly DestinationPlan[] = [
  {
    name: 'alpha',
    host: 'alpha.test',
    signals: ['traces', 'metrics', 'logs'],
    settings: COMMON,
    takes: all,
    isPoison: never,
  },
  {
    name: 'beta',
    host: 'beta.test',
    signals: ['traces', 'metrics', 'logs'],
    settings: { ...COMMON, match: { include: { log_group: ['/aws/lambda/shop-*'] } }, concurrency: 1 },
    takes: (logGroup) => logGroup.startsWith('/aws/lambda/shop-'),
    isPoison: never,
  },
  {
    name: 'gamma',
    host: 'localhost',
    signals: ['traces', 'logs'],
    settings: COMMON,
    takes: all,
    tls: true,
    isPoison: never,
  },
  {
    name: 'delta',
    host: 'delta.test',
    signals: ['traces', 'metrics'],
    settings: { ...COMMON, max_request_items: 50, compression: 'none' },
    takes: all,
    isPoison: never,
  },
  {
    name: 'epsilon',
    host: 'epsilon.test',
    signals: ['metrics', 'logs'],
    settings: { ...COMMON, encoding: 'json', match: { exclude: { log_group: ['/aws/lambda/secret-*'] } } },
    takes: (logGroup) => !logGroup.startsWith('/aws/lambda/secret-'),
    isPoison: (id) => id % 997 === 3,
  },
];
