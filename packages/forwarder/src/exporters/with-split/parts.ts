import { splitRequest } from '@serverless-otlp/otlp';
import type { Delivery, Exporter, Outcome, Telemetry } from '../../types.ts';

/** What both ways of splitting need. */
export interface PartsOptions {
  readonly exporter: Exporter;
  readonly deadline: number;
  readonly abort: AbortSignal | undefined;
  readonly maxRequests: number;
}

type Rejected = Extract<Outcome, { status: 'rejected' }>;

/** Refused by fault of the telemetry. */
const rejectedTelemetry = (outcome: Outcome): outcome is Rejected =>
  outcome.status === 'rejected' && outcome.fault === 'telemetry';

const withRequest = (telemetry: Telemetry, request: Telemetry['request']): Telemetry => ({ ...telemetry, request });

/** What becomes of a batch that was refused, by halving it until the refused items stand alone (D12). */
export const bisected = async (
  first: readonly Delivery[],
  { exporter, deadline, abort, maxRequests }: PartsOptions,
): Promise<readonly Delivery[]> => {
  let requests = 1;
  const refusals: Rejected[] = [];
  let unfinished: Outcome | undefined; // made when needed: an Error takes longer than all the rest of this

  const send = async (part: Telemetry): Promise<readonly Delivery[]> => {
    if (requests++ >= maxRequests) {
      const message = `bisect: part of a refused batch, not tried again after ${maxRequests} requests`;
      unfinished ??= { status: 'retryable', error: new Error(message), bisect: true };
      return [{ destination: exporter.name, telemetry: part, outcome: unfinished }];
    }
    return judge(await exporter.export(part, deadline, abort));
  };

  const judge = async (deliveries: readonly Delivery[]): Promise<readonly Delivery[]> =>
    (await Promise.all(deliveries.map(bisect))).flat();

  const bisect = async (delivery: Delivery): Promise<readonly Delivery[]> => {
    const { telemetry: part, outcome } = delivery;
    if (!rejectedTelemetry(outcome)) return [delivery];
    refusals.push(outcome);
    if (part.request.items < 2) return [delivery];
    const halves = splitRequest(part.request, { maxItems: Math.ceil(part.request.items / 2) });
    if (halves.length < 2) return [delivery]; // it cannot be divided
    return (await Promise.all(halves.map((half) => send(withRequest(part, half))))).flat();
  };

  const deliveries = await judge(first);
  if (refusals.length < 2) return deliveries;
  const [refused, ...others] = refusals;
  const accepted = deliveries.some(({ outcome }) => outcome.status === 'delivered');
  if (accepted || refused === undefined || others.length === 0 || !alike(refusals)) return deliveries;
  // What has not been tried would have been refused as well.
  return deliveries.map((delivery) => {
    const { outcome } = delivery;
    const refusal = outcome === unfinished ? refused : rejectedTelemetry(outcome) ? outcome : undefined;
    return refusal === undefined ? delivery : { ...delivery, outcome: { ...refusal, fault: 'destination' } };
  });
};

/** Telemetry that is over a destination's limits, in parts that are not, each sent by `send` (D13). */
export const inParts = async (
  telemetry: Telemetry,
  limits: { readonly maxBytes: number; readonly maxItems: number },
  name: string,
  send: (part: Telemetry) => Promise<readonly Delivery[]>,
): Promise<readonly Delivery[]> => {
  const { maxBytes } = limits;
  const exports = splitRequest(telemetry.request, limits).map((part): Promise<readonly Delivery[]> => {
    if (part.bytes.length <= maxBytes) return send(withRequest(telemetry, part));
    const { items, bytes } = part;
    const error = new Error(
      `${items === 1 ? 'one item' : `${items} items that cannot be divided`} of ${bytes.length} bytes, over the limit of ${maxBytes}; not sent`,
    );
    const outcome: Outcome = { status: 'rejected', fault: 'telemetry', error };
    return Promise.resolve([{ destination: name, telemetry: withRequest(telemetry, part), outcome }]);
  });
  return (await Promise.all(exports)).flat();
};

/** Whether all these are the same answer. What was refused without being sent (no status) says nothing about the destination. */
const alike = (refusals: readonly Rejected[]): boolean =>
  refusals[0]?.httpStatus !== undefined && new Set(refusals.map(({ httpStatus }) => httpStatus)).size === 1;
