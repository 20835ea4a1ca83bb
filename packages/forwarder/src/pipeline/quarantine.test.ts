import { describe, expect, it } from 'vitest';
import type { DeadLetters, Outcome, Unreadable } from '../types.ts';
import type { RecordFault } from './decode.ts';
import { quarantine } from './quarantine.ts';

const faultOf = (message: string): RecordFault => ({
  record: `record of ${message}`,
  fault: { reason: 'json', message, source: { log_group: 'g' }, sha256: 'h', bytes: 1 },
  content: `canary of ${message}`,
});
const [a, b] = [faultOf('a'), faultOf('b')];
const storedAs = (key: string): Outcome => ({
  status: 'stored',
  as: 'quarantined',
  key,
  error: new Error('not valid JSON'),
});
const deadLettersOf = (keep: DeadLetters['quarantine']): DeadLetters => ({
  keep: (deliveries) => Promise.resolve(deliveries),
  quarantine: keep,
});

describe('lines that cannot be read', () => {
  it('D16: are kept with their content, each with an outcome of its own, until the end of the invocation', async () => {
    const given: (readonly [readonly Unreadable[], number])[] = [];
    const keeping = deadLettersOf((lines, until) => {
      given.push([lines, until]);
      return Promise.resolve([storedAs('1'), { status: 'retryable', error: new Error('down') }]);
    });
    const settled = await quarantine([a, b], keeping, 7_000);
    expect(given).toEqual([[[a, b], 7_000]]);
    expect(settled).toMatchObject([
      { ...a, outcome: { status: 'stored', key: '1' } },
      { ...b, outcome: { status: 'retryable' } },
    ]);
  });

  it('D16: are dropped and counted where there is no store, so that they are not delivered again for ever', async () => {
    const [settled] = await quarantine([a], undefined, 0);
    expect(settled?.outcome).toMatchObject({ status: 'rejected', fault: 'telemetry', error: { message: 'a' } });
  });

  it.each<[string, DeadLetters['quarantine']]>([
    ['reject', () => Promise.reject(new Error('canary-41'))],
    [
      'throw at once',
      () => {
        throw new Error('canary-41');
      },
    ],
    ['forget the last', () => Promise.resolve([storedAs('1')].slice(1))],
  ])('D3: stay with the source when dead letters %s, which is a bug', async (_what, keep) => {
    const settled = await quarantine([a, b], deadLettersOf(keep), 0);
    expect(settled.map(({ outcome }) => outcome.status)).toEqual(['retryable', 'retryable']);
    expect(settled.map(({ record }) => record)).toEqual([a.record, b.record]);
    for (const { outcome } of settled)
      expect(outcome).toHaveProperty('error.message', 'a line that cannot be read could not be stored');
  });

  it('none are none: the store is not asked', async () => {
    const untouched = deadLettersOf(() => Promise.reject(new Error('asked')));
    expect(await quarantine([], untouched, 0)).toEqual([]);
  });
});
