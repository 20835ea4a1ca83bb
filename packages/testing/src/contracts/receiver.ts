import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AWS_EVENTS, type AwsEventName, NO_EVENTS } from './aws-events.ts';
import type { Outcome, ReceiverUnderTest, SourceRecord } from './structures.ts';

/** The events the suite works with. */
export interface ReceiverContractOptions {
  /** Makes events this receiver accepts, with at least one record each. */
  readonly events: () => readonly unknown[];
  /** Its own kind among the sample events of AWS, which the others must not be. */
  readonly kind?: AwsEventName;
}

const delivered: Outcome = { status: 'delivered' };
const rejected: Outcome = { status: 'rejected', fault: 'telemetry', error: new Error('refused') };
const stored: Outcome = { status: 'stored', as: 'pending', key: 'pending/key', error: new Error('down') };
const retryable: Outcome = { status: 'retryable', error: new Error('down') };

/** What a source gets to see: the response as JSON, or that the invocation failed. */
const answerOf = <Event>(
  receiver: ReceiverUnderTest<Event>,
  event: Event,
  outcomes: ReadonlyMap<string, Outcome>,
): string => {
  try {
    return JSON.stringify([receiver.respond(outcomes, event)]);
  } catch {
    return 'the invocation fails';
  }
};

const outcomesOf = (records: readonly SourceRecord[], outcome: Outcome): Map<string, Outcome> =>
  new Map(records.map(({ id }) => [id, outcome]));

/**
 * Runs a receiver through what docs/specs/component.md asks of every receiver.
 *
 * @example receiverContract('cloudwatch_logs', () => cloudwatchLogs(), { kind: 'cloudwatchLogs', events: () => [event] });
 */
export const receiverContract = <Event>(
  name: string,
  create: () => ReceiverUnderTest<Event>,
  { events, kind }: ReceiverContractOptions,
): void => {
  const accepted = (receiver: ReceiverUnderTest<Event>): readonly Event[] => {
    const own = events();
    const taken = own.filter((event): event is Event => receiver.accepts(event));
    expect(own.length).toBeGreaterThan(0);
    expect(taken).toHaveLength(own.length);
    return taken;
  };
  const others = Object.entries(AWS_EVENTS).filter(([other]) => other !== kind);

  describe(`${name} keeps the receiver contract`, () => {
    it('has a name in snake_case', () => {
      expect(create().name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    });

    it('accepts its own events', () => {
      accepted(create());
    });

    it.for(NO_EVENTS)('rejects what is no event at all: %j', (event) => {
      expect(create().accepts(event)).toBe(false);
    });

    it.each(others)('rejects the event of another source: %s', (_, event) => {
      expect(create().accepts(event)).toBe(false);
    });

    it('decides about any value without throwing', () => {
      fc.assert(fc.property(fc.anything(), (value) => typeof create().accepts(value) === 'boolean'));
    });

    it('gives every record an id of its own, the same each time, and leaves the event as it was', () => {
      const receiver = create();
      for (const event of accepted(receiver)) {
        const before = JSON.stringify(event);
        const records = receiver.receive(event);
        expect(records.length).toBeGreaterThan(0);
        expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
        expect(create().receive(event)).toEqual(records);
        expect(JSON.stringify(event)).toBe(before);
      }
    });

    it('acknowledges records that are delivered, stored or rejected', () => {
      const receiver = create();
      for (const event of accepted(receiver)) {
        const records = receiver.receive(event);
        const answer = answerOf(receiver, event, outcomesOf(records, delivered));
        expect(answer).not.toBe('the invocation fails');
        for (const outcome of [stored, rejected]) {
          expect(answerOf(receiver, event, outcomesOf(records, outcome))).toBe(answer);
        }
      }
    });

    it('asks for any single retryable record again', () => {
      const receiver = create();
      for (const event of accepted(receiver)) {
        const records = receiver.receive(event);
        const answer = answerOf(receiver, event, outcomesOf(records, delivered));
        for (const { id } of records) {
          const outcomes = outcomesOf(records, delivered).set(id, retryable);
          expect(answerOf(receiver, event, outcomes)).not.toBe(answer);
        }
      }
    });
  });
};
