import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { assertEqualSpans, mergeByDecoding, spanIds } from './decoder.ts';
import { floor, floorPayloads } from './floor.ts';
import { relayInMemory } from './forwarder.ts';
import { envelopeLines, eventOf, messageOf, requestOf } from './shape.ts';

interface Message {
  readonly resourceSpans: readonly [
    {
      readonly resource: { readonly attributes: readonly unknown[] };
      readonly scopeSpans: readonly [{ readonly spans: readonly { readonly attributes: readonly unknown[] }[] }];
    },
  ];
}

it('a span has 8 attributes and about 450 bytes, its resource 9', () => {
  const [{ resource, scopeSpans }] = (messageOf(0, 2) as Message).resourceSpans;
  expect(resource.attributes).toHaveLength(9);
  expect(scopeSpans[0].spans.map(({ attributes }) => attributes.length)).toEqual([8, 8]);
  const bytes = requestOf(0, 11).bytes.length - requestOf(0, 10).bytes.length;
  expect(bytes).toBeGreaterThan(400);
  expect(bytes).toBeLessThan(500);
});

it('every id is fresh, and the same in every run', () => {
  const ids = [0, 1, 2].flatMap((line) => spanIds(requestOf(line, 20).bytes));
  expect(new Set(ids).size).toBe(60);
  expect(spanIds(requestOf(1, 20).bytes)).toEqual(ids.slice(20, 40));
});

it('the floor imports nothing of ours', () => {
  const source = readFileSync(new URL('floor.ts', import.meta.url), 'utf8');
  const imported = [...source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name]) => name);
  expect(imported.length).toBeGreaterThan(0);
  for (const name of imported) expect(name).toMatch(/^node:/);
});

it('forwarder, floor and decoder make the same spans of an event', async () => {
  const event = eventOf(envelopeLines(7, 3));
  const [body] = await relayInMemory()(event);
  const atFloor = gunzipSync(floor(event));
  assertEqualSpans(gunzipSync(body ?? Buffer.alloc(0)), atFloor, 21);
  assertEqualSpans(mergeByDecoding(floorPayloads(event)), atFloor, 21);
});

it('the comparison notices a span too few, one twice and one that differs', () => {
  const [a, b] = [requestOf(0, 2).bytes, requestOf(1, 2).bytes];
  expect(() => assertEqualSpans(a, a, 3)).toThrow('differ');
  expect(() => assertEqualSpans(a, b, 2)).toThrow('differ');
  const twice = Buffer.concat([a, a]);
  expect(() => assertEqualSpans(twice, twice, 4)).toThrow('differ');
});
