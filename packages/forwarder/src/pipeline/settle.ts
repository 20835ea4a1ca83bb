import type { Delivery, Outcome, SourceRecord } from '../types.ts';
import type { SettledFault } from './quarantine.ts';

const SEVERITY: Readonly<Record<Outcome['status'], number>> = { delivered: 0, stored: 1, rejected: 2, retryable: 3 };

/** The outcome that decides: retryable before rejected before stored before delivered. */
export const worstOf = (a: Outcome, b: Outcome): Outcome => (SEVERITY[b.status] > SEVERITY[a.status] ? b : a);

/**
 * What a delivery means for the records that ride on it. Telemetry that its destination refused by a fault of its own, and that
 * nobody stored, is still owed: its source keeps it (D3).
 */
const settled = ({ outcome }: Delivery): Outcome =>
  outcome.status === 'rejected' && outcome.fault === 'destination'
    ? { status: 'retryable', error: outcome.error }
    : outcome;

/**
 * One outcome per record, the worst of everything that rode on it. A record whose telemetry was all filtered or ignored is
 * delivered. Acknowledgement is this fold, the last transformation of the data.
 */
export const settle = (
  records: readonly SourceRecord[],
  faults: readonly SettledFault[],
  deliveries: readonly Delivery[],
): ReadonlyMap<string, Outcome> => {
  const outcomes = new Map<string, Outcome>(records.map(({ id }) => [id, { status: 'delivered' }]));
  const add = (id: string, outcome: Outcome): void => {
    const known = outcomes.get(id);
    if (known !== undefined) outcomes.set(id, worstOf(known, outcome));
  };
  for (const { record, outcome } of faults) add(record, outcome);
  for (const delivery of deliveries) {
    const outcome = settled(delivery);
    for (const id of delivery.telemetry.records) add(id, outcome);
  }
  return outcomes;
};
