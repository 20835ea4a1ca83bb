import type { DeadLetters, Delivery } from '../types.ts';
import { until } from '../until.ts';
import { bugIn, failed, isDelivered } from './failed.ts';
import type { Leg } from './run.ts';

/** What an open breaker turns away has time: packing it would keep the processor from the others, for so many milliseconds at most. */
const YIELD_MS = 5;

/** What the destination did not take goes to its dead letters (D2). Loaded with the first. */
export const keep = async (
  leg: Leg,
  deadLetters: DeadLetters,
  storeUntil: number,
  others: Promise<unknown>,
): Promise<Leg> => {
  const { deliveries } = leg;
  await until(others, YIELD_MS);
  try {
    return { ...leg, deliveries: await deadLetters.keep(deliveries, storeUntil) };
  } catch (cause) {
    const error = bugIn('the dead-letter store threw', cause);
    const owed = (delivery: Delivery): Delivery =>
      failed(leg.destination, delivery.telemetry, { status: 'retryable', error });
    return { ...leg, deliveries: deliveries.map((one) => (isDelivered(one) ? one : owed(one))) };
  }
};
