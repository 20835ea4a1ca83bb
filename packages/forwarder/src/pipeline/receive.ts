import type { Receiver } from '../types.ts';

/** The receiver that accepts this event. Throws when none does: an unknown event must not be acknowledged. */
export const receiverFor = (event: unknown, receivers: readonly Receiver[]): Receiver => {
  const receiver = receivers.find((candidate) => candidate.accepts(event));
  if (receiver === undefined) {
    const names = receivers.map(({ name }) => name).join(', ');
    throw new TypeError(`no receiver accepts this event; configured: ${names}. Check what triggers this function.`);
  }
  return receiver;
};
