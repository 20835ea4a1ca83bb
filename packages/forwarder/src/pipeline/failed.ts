import type { Delivery, Outcome, Telemetry } from '../types.ts';

/** Whether the destination has it. */
export const isDelivered = ({ outcome }: Delivery): boolean => outcome.status === 'delivered';

/** What became of telemetry that was not sent. */
export const failed = (destination: string, telemetry: Telemetry, outcome: Outcome): Delivery => ({
  destination,
  telemetry,
  outcome,
});

/** What is no failure but a mistake in a component. */
export const bugIn = (what: string, cause?: unknown): Error => new Error(`${what}: this is a bug in it`, { cause });
