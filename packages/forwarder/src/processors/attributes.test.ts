import { parseRequest, requestFromJson, requestToJson, type Signal, SIGNALS } from '@serverless-otlp/otlp';
import { arbitraryRequest, itemIds, newerOracle, protobufjsOracle, sampleRequest } from '@serverless-otlp/testing';
import { processorContract } from '@serverless-otlp/testing/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Telemetry } from '../types.ts';
import { type AttributeAction, attributes } from './attributes.ts';

const upsert: AttributeAction = { action: 'upsert', key: 'k', value: 'new' };
processorContract('attributes', () => attributes({ actions: [upsert, { ...upsert, on: 'item' }] }), {
  keepsItems: true,
});
it.each(SIGNALS)('D17: edits a large request (%s) in parts: the same items, each edited, as one request', (signal) => {
  const request = requestFromJson(sampleRequest(signal, { items: 25_000 }));
  const actions = [{ ...upsert, on: 'item' }, upsert] as const;
  const [edited, ...others] = attributes({ actions }).process([telemetryOf(request)]);
  expect(others).toEqual([]);
  if (edited === undefined) throw new Error('nothing came back');
  expect(itemIds(signal, edited.request.bytes)).toEqual(itemIds(signal, request.bytes));
  expect(listsOf(edited, 'item').every((pairs) => pairs.some(([key]) => key === 'k'))).toBe(true);
  expect(listsOf(edited, 'resource').every((pairs) => pairs.some(([key]) => key === 'k'))).toBe(true);
});

processorContract('attributes of nothing', () => attributes({ actions: [] }), { keepsItems: true });

type KeyValue = readonly [string, unknown];
const list = (pairs: readonly KeyValue[]): object[] =>
  pairs.map(([key, value]) => ({ key, value: typeof value === 'string' ? { stringValue: value } : value }));

const bodies: Readonly<Record<Signal, (resource: object[], item: object[]) => object>> = {
  traces: (resource, item) => ({
    resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans: [{ name: 'n', attributes: item }] }] }],
  }),
  metrics: (resource, item) => ({
    resourceMetrics: [
      {
        resource: { attributes: resource },
        scopeMetrics: [
          {
            metrics: [
              { name: 'gauge', gauge: { dataPoints: [{ attributes: item }] } },
              { name: 'sum', sum: { dataPoints: [{ attributes: item }, { attributes: item }] } },
              { name: 'histogram', histogram: { dataPoints: [{ attributes: item }] } },
              { name: 'exponential', exponentialHistogram: { dataPoints: [{ attributes: item }] } },
              { name: 'summary', summary: { dataPoints: [{ attributes: item }] } },
            ],
          },
        ],
      },
    ],
  }),
  logs: (resource, item) => ({
    resourceLogs: [{ resource: { attributes: resource }, scopeLogs: [{ logRecords: [{ attributes: item }] }] }],
  }),
};
const telemetryOf = (request: Telemetry['request'], metadata: Telemetry['metadata'] = {}): Telemetry => ({
  request,
  records: new Set(['r']),
  metadata,
});
const processed = (telemetry: Telemetry, ...actions: readonly AttributeAction[]): Telemetry => {
  const [one] = attributes({ actions }).process([telemetry]);
  if (one === undefined) throw new Error('nothing came back');
  return one;
};

/** All attribute lists below a name, decoded by protobufjs. */
const listsOf = ({ request }: Telemetry, on: 'resource' | 'item'): readonly (readonly KeyValue[])[] => {
  const found: (readonly KeyValue[])[] = [];
  const visit = (value: unknown, name: string): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const entry of value) visit(entry, name);
      return;
    }
    const isItem = name === 'spans' || name === 'dataPoints' || name === 'logRecords';
    if (on === 'resource' ? name === 'resource' : isItem) {
      const { attributes: own = [] } = value as { attributes?: readonly { key: string; value: unknown }[] };
      found.push(own.map(({ key, value: held }) => [key, held]));
      return;
    }
    for (const [key, held] of Object.entries(value)) visit(held, key);
  };
  visit(protobufjsOracle.decode(request.signal, request.bytes), '');
  return found;
};
const text = (stringValue: string): object => ({ stringValue });

describe.each(SIGNALS)('attributes on %s', (signal) => {
  const ITEMS = signal === 'metrics' ? 6 : 1;
  const make = (...pairs: readonly KeyValue[]): Telemetry =>
    telemetryOf(requestFromJson(bodies[signal](list(pairs), list(pairs))), { owner: '111', log_group: 'g' });

  describe.each(['resource', 'item'] as const)('of the %s', (on) => {
    const result = (telemetry: Telemetry, ...actions: readonly AttributeAction[]): readonly KeyValue[] => {
      const out = processed(telemetry, ...actions.map((action) => ({ ...action, on })));
      const other = on === 'item' ? 'resource' : 'item';
      expect(listsOf(out, other)).toEqual(listsOf(telemetry, other));
      const [first = [], ...rest] = listsOf(out, on);
      expect(rest).toHaveLength(on === 'item' ? ITEMS - 1 : 0);
      for (const another of rest) expect(another).toEqual(first);
      expect(parseRequest(signal, out.request.bytes).items).toBe(telemetry.request.items);
      return first;
    };

    it.each<[AttributeAction['action'], readonly KeyValue[], readonly KeyValue[]]>([
      [
        'insert',
        [['a', 'x']],
        [
          ['a', text('x')],
          ['k', text('new')],
        ],
      ],
      ['insert', [['k', 'old']], [['k', text('old')]]],
      ['update', [['a', 'x']], [['a', text('x')]]],
      ['update', [['k', 'old']], [['k', text('new')]]],
      [
        'upsert',
        [['a', 'x']],
        [
          ['a', text('x')],
          ['k', text('new')],
        ],
      ],
      [
        'upsert',
        [
          ['k', 'old'],
          ['a', 'x'],
        ],
        [
          ['a', text('x')],
          ['k', text('new')],
        ],
      ],
      ['upsert', [], [['k', text('new')]]],
    ])('%s into %j', (action, before, after) => {
      expect(result(make(...before), { action, key: 'k', value: 'new' })).toEqual(after);
    });

    it('delete takes every one of that key away', () => {
      const before = make(['k', 'x'], ['a', 'y'], ['k', 'z']);
      expect(result(before, { action: 'delete', key: 'k' })).toEqual([['a', text('y')]]);
      expect(result(make(['a', 'y']), { action: 'delete', key: 'k' })).toEqual([['a', text('y')]]);
    });

    it('takes a value from the metadata, and does nothing without it', () => {
      const action = { action: 'upsert', key: 'k' } as const;
      expect(result(make(), { ...action, fromMetadata: 'log_group' })).toEqual([['k', text('g')]]);
      expect(result(make(['k', 'old']), { ...action, fromMetadata: 'log_stream' })).toEqual([['k', text('old')]]);
    });

    it.each<[AttributeAction['value'], object]>([
      ['', { stringValue: '' }],
      [true, { boolValue: true }],
      [false, { boolValue: false }],
      [7, { intValue: '7' }],
      [-7, { intValue: '-7' }],
      [0, { intValue: '0' }],
      [Number.MAX_SAFE_INTEGER, { intValue: '9007199254740991' }],
      [1.5, { doubleValue: 1.5 }],
      [2 ** 60, { doubleValue: 2 ** 60 }],
      [Infinity, { doubleValue: 'Infinity' }],
      [['a', 1, true], { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }, { boolValue: true }] } }],
      [[], { arrayValue: {} }],
    ])('writes %j as %j', (value, expected) => {
      const written = result(make(), { action: 'insert', key: 'k', ...(value === undefined ? {} : { value }) });
      expect(JSON.parse(JSON.stringify(written))).toMatchObject([['k', expected]]);
    });

    it('does the actions in their order', () => {
      const actions: readonly AttributeAction[] = [
        { action: 'insert', key: 'k', value: 1 },
        { action: 'update', key: 'k', value: 2 },
        { action: 'insert', key: 'k', value: 3 },
        { action: 'delete', key: 'a' },
      ];
      expect(result(make(['a', 'x']), ...actions)).toEqual([['k', { intValue: '2' }]]);
    });
  });

  it('leaves bytes and message of its input untouched', () => {
    const telemetry = make(['k', 'old']);
    const bytes = Buffer.from(telemetry.request.bytes);
    const message = JSON.stringify(telemetry.request.message);
    const out = processed(telemetry, upsert, { ...upsert, on: 'item' }, { action: 'delete', key: 'a' });
    expect(Buffer.from(telemetry.request.bytes).equals(bytes)).toBe(true);
    expect(JSON.stringify(telemetry.request.message)).toBe(message);
    expect(out.request.bytes).not.toBe(telemetry.request.bytes);
    expect(out.records).toBe(telemetry.records);
    expect(out.metadata).toBe(telemetry.metadata);
  });

  it('keeps fields newer than the schema, wherever they are, and changes nothing it was not told to', () => {
    fc.assert(
      fc.property(arbitraryRequest(signal, { newerFields: true }), (value) => {
        const telemetry = telemetryOf(parseRequest(signal, newerOracle.encode(signal, value)));
        const key = 'a key that nobody has';
        const added = processed(
          telemetry,
          { action: 'upsert', key, value: 1 },
          { action: 'upsert', key, value: 1, on: 'item' },
        );
        const again = processed(added, { action: 'delete', key }, { action: 'delete', key, on: 'item' });
        const decoded = (one: Telemetry): string =>
          JSON.stringify(stripped(newerOracle.decode(signal, one.request.bytes)));
        expect(decoded(again)).toBe(decoded(telemetry));
      }),
      { numRuns: 60 },
    );
  });
});

/** Without empty resources: an edit of an absent one creates it. */
const stripped = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(stripped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, held]) => key !== 'resource' || JSON.stringify(held) !== '{}')
      .map(([key, held]) => [key, stripped(held)]),
  );
};

it('makes no resource where there is none and nothing to say', () => {
  const telemetry = telemetryOf(requestFromJson({ resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'n' }] }] }] }));
  const out = processed(telemetry, { action: 'delete', key: 'k' }, { action: 'update', key: 'k', value: 1 });
  expect(out.request.bytes).toEqual(telemetry.request.bytes);
});

it('turns to no other part: scopes, events and links keep their attributes', () => {
  const own = list([['k', 'old']]);
  const body = {
    resourceSpans: [
      {
        scopeSpans: [
          { scope: { attributes: own }, spans: [{ events: [{ attributes: own }], links: [{ attributes: own }] }] },
        ],
      },
    ],
  };
  const out = processed(telemetryOf(requestFromJson(body)), { ...upsert, on: 'item' }, upsert);
  const text = requestToJson(out.request);
  expect(text.match(/"old"/g)).toHaveLength(3);
  expect(text.match(/"new"/g)).toHaveLength(2);
});
