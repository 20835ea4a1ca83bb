import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Attributes, SpanKind } from '@opentelemetry/api';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Carrier, Description } from '../trigger.ts';
import { TRIGGERS } from './index.ts';

interface Expected {
  readonly trigger: string;
  readonly name: string;
  readonly kind: string;
  readonly attributes: Attributes;
  readonly parent?: Carrier;
  readonly links?: readonly Carrier[];
  readonly queuedSince?: string;
}

const fixtures = join(import.meta.dirname, '../../fixtures');
const read = (file: string): unknown => JSON.parse(readFileSync(join(fixtures, file), 'utf8'));
const expected = read('expected-spans.json') as Readonly<Record<string, Expected>>;
const files = ['lambda-events', 'traced-events'].flatMap((folder) =>
  readdirSync(join(fixtures, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => `${folder}/${file}`),
);

const NOW = Date.parse('2026-01-01T00:00:00Z');
const context = {
  awsRequestId: '79104EXAMPLEB723',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:orders',
  functionName: 'orders',
};

const shown = (trigger: string, { name, kind, attributes, carrier, links, queuedMs }: Description): Expected => ({
  trigger,
  name,
  kind: SpanKind[kind],
  attributes,
  ...(carrier !== undefined && { parent: carrier }),
  ...(links !== undefined && { links }),
  ...(queuedMs !== undefined && { queuedSince: new Date(NOW - queuedMs).toISOString() }),
});

afterEach(() => vi.useRealTimers());

describe('triggers', () => {
  it('has an expected span for every event, and no other', () => {
    expect(Object.keys(expected).sort()).toEqual(files.toSorted());
  });

  it.each(files)('%s gives the documented span', (file) => {
    vi.useFakeTimers({ now: NOW });
    const event = read(file);
    const trigger = TRIGGERS.find((one) => one.matches(event));
    if (trigger === undefined) throw new Error('no trigger');
    expect(shown(trigger.name, trigger.describe(event, context))).toEqual(expected[file]);
  });

  it.each(files)('%s is matched by one trigger besides direct, or two of which the order decides', (file) => {
    const event = read(file);
    const names = TRIGGERS.filter((trigger) => trigger.matches(event)).map(({ name }) => name);
    expect(names.at(-1)).toBe('direct');
    // What two triggers know is written down here: a REST-like WebSocket event, and a schedule, which EventBridge delivers.
    const known = ['direct', 'websocket,api_gateway_v1,direct', 'scheduled,eventbridge,direct'];
    expect(names.length <= 2 || known.includes(names.join())).toBe(true);
    expect(names[0]).toBe(expected[file]?.trigger);
  });

  it('covers every trigger with an event', () => {
    const covered = new Set(Object.values(expected).map(({ trigger }) => trigger));
    expect(TRIGGERS.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([]);
  });

  it('matches no foreign event: only direct takes random JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (event) => {
        expect(TRIGGERS.filter((trigger) => trigger.matches(event)).map(({ name }) => name)).toEqual(['direct']);
      }),
    );
  });

  it('matches no foreign event: only direct takes names of AWS with random values', () => {
    const names = ['Records', 'requestContext', 'httpMethod', 'info', 'eventSource', 'records', 'Execution', 'detail'];
    const event = fc.dictionary(fc.constantFrom(...names, '__proto__', 'constructor', 'headers'), fc.jsonValue());
    fc.assert(
      fc.property(event, (one) => {
        expect(TRIGGERS.filter((trigger) => trigger.matches(one)).map(({ name }) => name)).toEqual(['direct']);
      }),
    );
  });

  it.each([undefined, null, 0, '', 'Records', [], [null], true, Symbol('x'), () => undefined, Object.create(null)])(
    'takes %o for a direct invocation',
    (event) => {
      const trigger = TRIGGERS.find((one) => one.matches(event));
      expect(trigger?.name).toBe('direct');
      expect(trigger?.describe(event, context)).toEqual({
        name: 'orders',
        kind: SpanKind.SERVER,
        attributes: { 'faas.trigger': 'other' },
      });
    },
  );

  it('reads own properties only: a polluted prototype matches nothing', () => {
    const event: unknown = Object.create({ Records: [{ eventSource: 'aws:sqs' }] });
    expect(TRIGGERS.find((trigger) => trigger.matches(event))?.name).toBe('direct');
  });
});
