import type { DeadLetters, Delivery } from '../types.ts';
import { bugIn, failed, isDelivered } from './failed.ts';
import type { Leg } from './run.ts';

/** What an open breaker turns away has time: packing it would keep the processor from the others, for so many milliseconds at most. */
const YIELD_MS = 5;

const yieldTo = async (others: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, YIELD_MS)));
  await Promise.race([others, over]);
  clearTimeout(timer);
};

/** What the destination did not take goes to its dead letters (D2). Loaded with the first. */
export const keep = async (
  leg: Leg,
  deadLetters: DeadLetters,
  until: number,
  others: Promise<unknown>,
): Promise<Leg> => {
  const { deliveries } = leg;
  await yieldTo(others);
  try {
    return { ...leg, deliveries: await deadLetters.keep(deliveries, until) };
  } catch (cause) {
    const error = bugIn('the dead-letter store threw', cause);
    const owed = (delivery: Delivery): Delivery =>
      failed(leg.destination, delivery.telemetry, { status: 'retryable', error });
    return { ...leg, deliveries: deliveries.map((one) => (isDelivered(one) ? one : owed(one))) };
  }
};
