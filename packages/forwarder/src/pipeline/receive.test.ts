import { expect, it } from 'vitest';
import type { Receiver } from '../types.ts';
import { receiverFor } from './receive.ts';

const receiver = (name: string, key: string): Receiver => ({
  name,
  accepts: (event): event is unknown => typeof event === 'object' && event !== null && key in event,
  receive: () => [],
  respond: () => undefined,
});
const receivers = [receiver('first', 'a'), receiver('second', 'b'), receiver('third', 'b')];

it('gives an event to the first receiver that accepts it', () => {
  expect(receiverFor({ b: 1 }, receivers).name).toBe('second');
});

it('throws on an event nobody knows, so that it is not acknowledged, and repeats nothing of it', () => {
  const unknown = (): unknown => receiverFor({ canary: 'canary' }, receivers);
  expect(unknown).toThrow(/no receiver accepts this event; configured: first, second, third/);
  expect(unknown).not.toThrow(/canary/);
  expect(() => receiverFor(undefined, [])).toThrow(TypeError);
});
