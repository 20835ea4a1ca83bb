import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { messageOf, warnOnce } from '../config/warn-once.ts';
import type { Flushable } from '../telemetry/registered.ts';

/** How long a flush may take when nobody knows better; an exporter of the user's may talk to a network. */
export const FLUSH_MS = 5000;

/**
 * Has everybody hand over what they hold; what an exporter of the user's sends is traced by nobody. Never rejects; waits no longer
 * than it is told.
 *
 * @param limitMs from now.
 */
export const flushAll = async (flushables: readonly Flushable[], limitMs: number): Promise<void> => {
  if (flushables.length === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      warnOnce(`a flush was given up after ${Math.round(limitMs)} ms`);
      resolve();
    }, limitMs);
  });
  const hand = async (one: Flushable): Promise<void> => {
    try {
      await one.forceFlush?.();
    } catch (error) {
      warnOnce(`a flush failed: ${messageOf(error)}`);
    }
  };
  const flushed = context.with(suppressTracing(context.active()), () => flushables.map(hand));
  await Promise.race([limit, Promise.all(flushed)]);
  clearTimeout(timer);
};
