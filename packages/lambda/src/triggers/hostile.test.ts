import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appsync } from './appsync.ts';
import { fuzz, seeds } from './triggers.fuzz.ts';

const HOSTILE: readonly unknown[] = [
  null,
  '',
  0,
  -1,
  1e300,
  true,
  [],
  {},
  [[]],
  [null, {}, 'x'],
  'x'.repeat(100_000),
  '{"traceparent":{"__proto__":1}}',
  '{"Type":"Notification","TopicArn":"arn:aws:sns","MessageAttributes":[],"Message":"{"}',
  JSON.parse('{"__proto__":{"Records":[]},"constructor":{"prototype":1},"hasOwnProperty":1,"toString":null}'),
  { traceparent: 'a\nb', Traceparent: { stringValue: { Value: 1 } }, baggage: [['x']], tracestate: [1, 2] },
  '%%%not base64%%%',
  '\ud800\u0000',
  Array.from({ length: 2000 }, () => ({ messageAttributes: { traceparent: { stringValue: 'x' } } })),
];

/** The event with a hostile value in the place of the `index`th value in it, counted from the outside. */
const spoiled = (event: unknown, index: number, hostile: unknown): unknown => {
  let left = index;
  const walk = (value: unknown): unknown => {
    if (left-- === 0) return hostile;
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one)]));
  };
  return walk(event);
};

const context = { awsRequestId: 'id', invokedFunctionArn: 'none' };

describe('hostile events', () => {
  it('breaks no trigger, wherever in an event the hostile value is', () => {
    const event = fc.constantFrom(...seeds.map((bytes) => JSON.parse(Buffer.from(bytes).toString()) as unknown));
    fc.assert(
      fc.property(event, fc.nat(80), fc.nat(80), fc.constantFrom(...HOSTILE), (one, index, second, hostile) => {
        fuzz(Buffer.from(JSON.stringify(spoiled(spoiled(one, index, hostile), second, hostile))));
      }),
      { numRuns: 1000 },
    );
  });

  it('is not sunk by lists within lists within lists', () => {
    const depth = 500_000;
    const nested = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    fuzz(Buffer.from(`{"headers":{"traceparent":${nested}},"Records":${nested}}`));
  });

  it('breaks no trigger with noise', () => {
    fc.assert(fc.property(fc.uint8Array(), fuzz));
  });

  it('links to the requests of an AppSync batch that are not one', () => {
    const of = (traceparent: string): object => ({
      arguments: {},
      info: { fieldName: 'order', parentTypeName: 'Query' },
      request: { headers: { traceparent } },
    });
    expect(appsync.describe([of('a'), of('b')], context).links).toEqual([{ traceparent: 'a' }, { traceparent: 'b' }]);
    expect(appsync.describe([of('a'), of('a')], context).carrier).toEqual({ traceparent: 'a' });
    expect(appsync.matches([])).toBe(false);
  });
});
