import { createHash } from 'node:crypto';
import type { Delivery, Metadata, Outcome } from '../types.ts';
import type { SettledFault } from './quarantine.ts';
import type { ErrorCount, QuarantinedPart, Report, ReportedFault } from './report.ts';
import type { Run } from './run.ts';

/** How many faults, quarantined parts and error classes one report names; the counts of lines and items cover all. */
const MAX_NAMED = 10;

/** How much of an error's message a report repeats, in characters. */
const MAX_MESSAGE = 300;

/** What CloudWatch says of the source. Kept headers and names of envelopes are the function's words: no report repeats them. */
const sourceOf = (metadata: Metadata): Metadata =>
  Object.fromEntries(Object.entries(metadata).filter(([name]) => name !== 'source' && !name.startsWith('header.')));

type Quarantined = Extract<Outcome, { status: 'rejected' | 'stored' }>;

const isQuarantined = (outcome: Outcome): outcome is Quarantined =>
  (outcome.status === 'rejected' && outcome.fault === 'telemetry') ||
  (outcome.status === 'stored' && outcome.as === 'quarantined');

const reported = ({ fault, outcome }: SettledFault): ReportedFault =>
  outcome.status === 'stored' ? { ...fault, key: outcome.key } : fault;

const quarantinedParts = (deliveries: readonly Delivery[]): readonly QuarantinedPart[] =>
  deliveries.flatMap(({ destination, telemetry: { request, metadata }, outcome }) =>
    isQuarantined(outcome)
      ? [
          {
            destination,
            signal: request.signal,
            items: request.items,
            bytes: request.bytes.length,
            sha256: createHash('sha256').update(request.bytes).digest('hex'),
            source: sourceOf(metadata),
            error: outcome.error.message.slice(0, MAX_MESSAGE),
            ...(outcome.status === 'stored' ? { key: outcome.key } : {}),
          },
        ]
      : [],
  );

const errorCounts = (deliveries: readonly Delivery[]): readonly ErrorCount[] => {
  const errors = new Map<string, { destination: string; error: string; count: number }>();
  for (const { destination, outcome } of deliveries) {
    const message = outcome.status === 'delivered' ? outcome.message : outcome.error.message;
    if (message === undefined || message === '') continue; // a partial success may come without a word
    const error = message.slice(0, MAX_MESSAGE);
    const key = `${destination}\n${error}`;
    const known = errors.get(key);
    if (known === undefined) errors.set(key, { destination, error, count: 1 });
    else known.count++;
  }
  return [...errors.values()];
};

/** What a report has to tell besides counts. It is loaded with the first trouble. */
export const troublesOf = (
  faults: readonly SettledFault[],
  run: Run,
): Pick<Report, 'unrouted' | 'faults' | 'quarantined' | 'errors'> => {
  const deliveries = run.legs.flatMap((leg) => leg.deliveries);
  const quarantined = quarantinedParts(deliveries);
  const errors = errorCounts(deliveries);
  const unrouted = Object.fromEntries(run.unrouted.map(({ signal, items }) => [signal, items]));
  return {
    ...(run.unrouted.length === 0 ? {} : { unrouted }),
    ...(faults.length === 0 ? {} : { faults: faults.slice(0, MAX_NAMED).map(reported) }),
    ...(quarantined.length === 0 ? {} : { quarantined: quarantined.slice(0, MAX_NAMED) }),
    ...(errors.length === 0 ? {} : { errors: errors.slice(0, MAX_NAMED) }),
  };
};
