import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { spanIds } from './decoder.ts';
import { relayInMemory } from './forwarder.ts';
import { envelopeLines, eventOf, requestOf } from './shape.ts';

it('10 000 lines arrive, each of them once and in order', async () => {
  const lines = 10_000;
  const bodies = await relayInMemory()(eventOf(envelopeLines(lines, 1)));
  const received = bodies.flatMap((body) => spanIds(gunzipSync(body)));
  expect(received).toHaveLength(lines);
  expect(new Set(received).size).toBe(lines);
  expect(received.slice(-2)).toEqual([lines - 2, lines - 1].flatMap((line) => spanIds(requestOf(line, 1).bytes)));
  expect(bodies.length).toBeGreaterThan(1);
});
