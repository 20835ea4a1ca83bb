import { cloudwatchLogs } from '@serverless-otlp/forwarder/encodings/cloudwatch-logs';
import type { Fault } from '@serverless-otlp/forwarder';
import type { Signal } from '@serverless-otlp/otlp';
import { subscriptionEvent } from '../forward/subscription-event.ts';
import { LINE_ENCODINGS, UNBOUNDED } from '../sources/telemetry-line.ts';
import type { StoredLine } from './logs-api.ts';
import { planOf } from './plan.ts';

/** What lines hold. */
export interface Found {
  /** Requests and their items by signal. */
  readonly telemetry: Readonly<Partial<Record<Signal, { readonly requests: number; readonly items: number }>>>;
  readonly ignored: number;
  /** Lines that claim to be telemetry and cannot be read, by reason. */
  readonly unreadable: Readonly<Record<string, number>>;
}

/** Looks at lines the way the forwarder does, and sends nothing. */
export interface Survey {
  /** The faults among these lines. */
  look(lines: readonly StoredLine[], source: { readonly owner: string; readonly logGroup: string }): readonly Fault[];
  found(): Found;
}

/** Nothing looked at yet. */
export const createSurvey = (): Survey => {
  const encoding = cloudwatchLogs({ lines: LINE_ENCODINGS });
  const telemetry: Partial<Record<Signal, { requests: number; items: number }>> = {};
  const unreadable: Record<string, number> = {};
  let ignored = 0;
  return {
    look: (lines, source) => {
      const faults: Fault[] = [];
      for (const { logStream, logEvents } of planOf(lines)) {
        const { data } = subscriptionEvent(logEvents, { ...source, logStream }).awslogs;
        for (const found of encoding.decode({ id: '', data, attributes: {} }, UNBOUNDED) ?? []) {
          if ('request' in found) {
            const counts = (telemetry[found.request.signal] ??= { requests: 0, items: 0 });
            counts.requests += 1;
            counts.items += found.request.items;
          } else if ('fault' in found) {
            unreadable[found.fault.reason] = (unreadable[found.fault.reason] ?? 0) + 1;
            faults.push(found.fault);
          } else ignored += found.lines ?? 1;
        }
      }
      return faults;
    },
    found: () => ({ telemetry, ignored, unreadable }),
  };
};
