import { mergeRequests, type OtlpRequest, type Signal, splitRequest } from '@serverless-otlp/otlp';
import type { Metadata, Processor, Telemetry } from '../types.ts';

/** How large {@link batch} makes requests. */
export interface BatchOptions {
  /** Uncompressed protobuf bytes; default 4 MiB, below what common backends refuse. */
  readonly maxBytes?: number;
  /** Spans, data points or log records; default 10 000. */
  readonly maxItems?: number;
}

interface Group {
  readonly signal: Signal;
  readonly metadata: Metadata;
  readonly members: Telemetry[];
}

const keyOf = (metadata: Metadata): string =>
  JSON.stringify(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));

/** Groups by signal and equal metadata, in order of first appearance: tenants never mix (D20). */
const groupsOf = (telemetry: readonly Telemetry[]): Iterable<Group> => {
  const groups = new Map<string, Group>();
  let last: Group | undefined;
  for (const member of telemetry) {
    const { metadata } = member;
    const { signal } = member.request;
    // The lines of one event share one metadata object: nearly always nothing has to be compared.
    if (last?.metadata !== metadata || last.signal !== signal) {
      const key = signal + keyOf(metadata);
      last = groups.get(key) ?? { signal, metadata, members: [] };
      groups.set(key, last);
    }
    last.members.push(member);
  }
  return groups.values();
};

const unionOf = (members: readonly Telemetry[]): ReadonlySet<string> => {
  const [first] = members;
  if (first !== undefined && members.every(({ records }) => records === first.records)) return first.records;
  return new Set(members.flatMap(({ records }) => [...records]));
};

/** When the source took in the first line of these. */
const earliestOf = (members: readonly Telemetry[]): number | undefined => {
  let earliest: number | undefined;
  for (const { timeMs } of members)
    if (timeMs !== undefined && (earliest === undefined || timeMs < earliest)) earliest = timeMs;
  return earliest;
};

/**
 * Merges telemetry of equal metadata and signal into requests up to the limits, and splits what is larger. Order is kept, and
 * the same input always gives the same bytes. A single item beyond `maxBytes` passes: its destination decides about it (D13).
 *
 * @example batch({ maxBytes: 1_000_000, maxItems: 1_000 })
 */
export const batch = ({ maxBytes = 4 * 1024 * 1024, maxItems = 10_000 }: BatchOptions = {}): Processor => {
  /** Nearly every event: one signal of one log stream, and all of it fits. */
  const isOneBatch = (telemetry: readonly Telemetry[]): boolean => {
    const first = telemetry[0];
    let bytes = 0;
    let items = 0;
    for (const { request, metadata } of telemetry) {
      if (metadata !== first?.metadata || request.signal !== first.request.signal) return false;
      bytes += request.bytes.length;
      items += request.items;
    }
    return bytes <= maxBytes && items <= maxItems;
  };

  const batchesOf = ({ metadata, members }: Group): readonly Telemetry[] => {
    const batches: Telemetry[] = [];
    let open: Telemetry[] = [];
    let bytes = 0;
    let items = 0;
    for (const member of members) {
      for (const request of splitRequest(member.request, { maxBytes, maxItems })) {
        if (open.length > 0 && (bytes + request.bytes.length > maxBytes || items + request.items > maxItems)) {
          batches.push(merged(open));
          open = [];
          bytes = 0;
          items = 0;
        }
        open.push({ ...member, request, metadata });
        bytes += request.bytes.length;
        items += request.items;
      }
    }
    if (open.length > 0) batches.push(merged(open));
    return batches;
  };

  return {
    name: 'batch',
    process: (telemetry) => {
      if (telemetry.length === 0) return [];
      if (isOneBatch(telemetry)) return [merged(telemetry)];
      return [...groupsOf(telemetry)].flatMap(batchesOf);
    },
  };
};

/** One of all these, which are of one signal and metadata and at least one. */
const merged = (members: readonly Telemetry[]): Telemetry => {
  const [first] = members;
  if (first === undefined) throw new RangeError('nothing to merge');
  if (members.length === 1) return first;
  const request: OtlpRequest = mergeRequests(members.map((member) => member.request));
  const timeMs = earliestOf(members);
  const { metadata } = first;
  return { request, records: unionOf(members), metadata, ...(timeMs === undefined ? {} : { timeMs }) };
};
