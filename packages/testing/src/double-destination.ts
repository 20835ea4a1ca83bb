import { itemIds } from './generators-samples.ts';
import type { Delivery, ExporterUnderTest, Outcome, Telemetry } from './contracts/structures.ts';

/** One request that a double was given. */
export interface DoubleRequest {
  /** Ids of its items. */
  readonly ids: readonly string[];
  readonly telemetry: Telemetry;
  readonly deadline: number;
}

/** A destination in memory: an exporter, what it was sent and what it took. */
export interface DoubleDestination {
  readonly exporter: ExporterUnderTest;
  readonly requests: readonly DoubleRequest[];
  /** Ids of the items it took, in order. */
  readonly taken: readonly string[];
}

/** What a double answers: one outcome for all of a request, or deliveries of its own. */
export type DoubleAnswer = Outcome | readonly Delivery[];

/** A destination that answers as it is told, default by taking everything. */
export const doubleDestination = (
  name: string,
  answer: (request: DoubleRequest, index: number) => DoubleAnswer | Promise<DoubleAnswer> = () => ({
    status: 'delivered',
  }),
): DoubleDestination => {
  const requests: DoubleRequest[] = [];
  const taken: string[] = [];
  const idsOf = ({ request }: Telemetry): readonly string[] => itemIds(request.signal, request.bytes);
  return {
    requests,
    taken,
    exporter: {
      name,
      export: async (telemetry, deadline) => {
        const request = { ids: idsOf(telemetry), telemetry, deadline };
        requests.push(request);
        const answered = await answer(request, requests.length - 1);
        const deliveries = 'status' in answered ? [{ destination: name, telemetry, outcome: answered }] : answered;
        for (const { telemetry: part, outcome } of deliveries)
          if (outcome.status === 'delivered') taken.push(...idsOf(part));
        return deliveries;
      },
    },
  };
};
