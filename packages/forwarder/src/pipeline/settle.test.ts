import { requestFromJson } from '@serverless-otlp/otlp';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Delivery, Outcome, SourceRecord } from '../types.ts';
import type { SettledFault } from './quarantine.ts';
import { settle, worstOf } from './settle.ts';

const error = new Error('why');
const delivered: Outcome = { status: 'delivered' };
const pending: Outcome = { status: 'stored', as: 'pending', key: 'k', error };
const quarantined: Outcome = { status: 'stored', as: 'quarantined', key: 'k', error };
const refused: Outcome = { status: 'rejected', fault: 'telemetry', error };
const unreachable: Outcome = { status: 'rejected', fault: 'destination', error };
const retryable: Outcome = { status: 'retryable', error };
const ALL: readonly Outcome[] = [delivered, pending, quarantined, refused, unreachable, retryable];

const request = requestFromJson({ resourceSpans: [] });
const record = (id: string): SourceRecord => ({ id, data: '', attributes: {} });
const delivery = (outcome: Outcome, ...ids: readonly string[]): Delivery => ({
  destination: 'd',
  telemetry: { request, records: new Set(ids), metadata: {} },
  outcome,
});
const faultIn = (id: string, outcome: Outcome = refused): SettledFault => ({
  record: id,
  fault: { reason: 'json', message: 'broken', source: {}, sha256: '', bytes: 0 },
  content: '',
  outcome,
});
const statusOf = (outcomes: ReadonlyMap<string, Outcome>): Readonly<Record<string, string>> =>
  Object.fromEntries([...outcomes].map(([id, { status }]) => [id, status]));

describe('worstOf', () => {
  it.each([
    [delivered, pending, 'stored'],
    [delivered, refused, 'rejected'],
    [pending, refused, 'rejected'],
    [quarantined, retryable, 'retryable'],
    [refused, retryable, 'retryable'],
    [delivered, delivered, 'delivered'],
  ])('of %j and %j is %s, in either order', (a, b, status) => {
    expect(worstOf(a, b).status).toBe(status);
    expect(worstOf(b, a).status).toBe(status);
  });
});

describe('settle', () => {
  it('delivers a record whose telemetry was all filtered or ignored', () => {
    expect(statusOf(settle([record('a')], [], []))).toEqual({ a: 'delivered' });
  });

  it('D16: rejects a record for a fault in it, so that it is acknowledged and not delivered again', () => {
    const outcomes = settle([record('a'), record('b')], [faultIn('a')], []);
    expect(outcomes.get('a')).toMatchObject({ status: 'rejected', fault: 'telemetry', error: { message: 'why' } });
    expect(outcomes.get('b')).toEqual(delivered);
  });

  it('gives telemetry that a destination refused by its own fault back to the source', () => {
    expect(settle([record('a')], [], [delivery(unreachable, 'a')]).get('a')).toEqual(retryable);
  });

  it.each<[string, Outcome, string]>([
    ['D16: acknowledges a record whose bad line is in the store', quarantined, 'stored'],
    ['D3: asks again for one whose bad line could not be stored', retryable, 'retryable'],
  ])('%s', (_what, outcome, status) => {
    expect(statusOf(settle([record('a')], [faultIn('a', outcome)], [delivery(delivered, 'a')]))).toEqual({ a: status });
  });

  it('D2: settles a record that one destination took and of which another one has it in the store', () => {
    const outcomes = settle([record('a')], [], [delivery(delivered, 'a'), delivery(pending, 'a')]);
    expect(statusOf(outcomes)).toEqual({ a: 'stored' });
  });

  it('D3: asks again for a record that one of several destinations and its store did not take', () => {
    const outcomes = settle([record('a')], [], [delivery(retryable, 'a'), delivery(delivered, 'a')]);
    expect(statusOf(outcomes)).toEqual({ a: 'retryable' });
  });

  it('is not talked into delivered by a fault beside a retryable delivery', () => {
    const outcomes = settle([record('a')], [faultIn('a')], [delivery(retryable, 'a')]);
    expect(statusOf(outcomes)).toEqual({ a: 'retryable' });
  });

  it('makes up no records', () => {
    const outcomes = settle([record('a')], [faultIn('x', retryable)], [delivery(retryable, 'y')]);
    expect(statusOf(outcomes)).toEqual({ a: 'delivered' });
  });

  const ids = ['a', 'b', 'c', '__proto__'];
  const some = fc.subarray(ids);
  const deliveries = fc.array(
    fc.record({ outcome: fc.constantFrom(...ALL), records: some }).map(({ outcome, records }) => ({
      ...delivery(outcome, ...records),
    })),
  );
  const faults = fc
    .tuple(some, fc.constantFrom(refused, quarantined, retryable))
    .map(([records, outcome]) => records.map((id) => faultIn(id, outcome)));
  const RANK = ['delivered', 'stored', 'rejected', 'retryable'];

  it('gives every record exactly one outcome: the worst of all that rode on it', () => {
    fc.assert(
      fc.property(some, faults, deliveries, (known, broken, sent) => {
        const outcomes = settle(known.map(record), broken, sent);
        expect([...outcomes.keys()]).toEqual(known);
        for (const [id, { status }] of outcomes) {
          const own = sent.filter(({ telemetry }) => telemetry.records.has(id)).map(({ outcome }) => outcome);
          const ranks = own.map((one) => RANK.indexOf(one === unreachable ? 'retryable' : one.status));
          const faulty = broken.filter(({ record: inRecord }) => inRecord === id);
          expect(RANK.indexOf(status)).toBe(
            Math.max(0, ...faulty.map(({ outcome }) => RANK.indexOf(outcome.status)), ...ranks),
          );
        }
      }),
    );
  });

  it('does not depend on the order of deliveries or faults', () => {
    fc.assert(
      fc.property(faults, deliveries, fc.infiniteStream(fc.nat()), (broken, sent, numbers) => {
        const shuffled = sent
          .map((one) => [Number(numbers.next().value), one] as const)
          .sort(([a], [b]) => a - b)
          .map(([, one]) => one);
        const records = ids.map(record);
        const straight = statusOf(settle(records, broken, sent));
        expect(statusOf(settle(records, [...broken].reverse(), shuffled))).toEqual(straight);
      }),
    );
  });
});
