import { faultOf } from '../fault.ts';
import type { Decoded, Encoding, Fault, IgnoredReason, InflateBudget, SourceRecord, Telemetry } from '../types.ts';

/** A fault and the record it came in. */
export interface RecordFault {
  readonly record: string;
  readonly fault: Fault;
}

/** Everything that was found in the records of an event. Lines in = ignored + decoded + quarantined. */
export interface DecodedRecords {
  readonly telemetry: readonly Telemetry[];
  readonly faults: readonly RecordFault[];
  readonly lines: number;
  readonly ignored: ReadonlyMap<IgnoredReason, number>;
}

/** Runs each record through the first encoding that knows it. One bad line never touches its neighbours. */
export const decode = (
  records: readonly SourceRecord[],
  encodings: readonly Encoding[],
  budget: InflateBudget,
): DecodedRecords => {
  const telemetry: Telemetry[] = [];
  const faults: RecordFault[] = [];
  const ignored = new Map<IgnoredReason, number>();
  let lines = 0;
  for (const record of records) {
    const carriers: ReadonlySet<string> = new Set([record.id]);
    for (const found of decodeRecord(record, encodings, budget)) {
      lines++;
      if ('request' in found) {
        telemetry.push({ request: found.request, records: carriers, metadata: found.metadata ?? record.attributes });
      } else if ('fault' in found) {
        faults.push({ record: record.id, fault: found.fault });
      } else {
        ignored.set(found.ignored, (ignored.get(found.ignored) ?? 0) + 1);
      }
    }
  }
  return { telemetry, faults, lines, ignored };
};

const decodeRecord = (
  record: SourceRecord,
  encodings: readonly Encoding[],
  budget: InflateBudget,
): readonly Decoded[] => {
  try {
    for (const encoding of encodings) {
      const found = encoding.decode(record, budget);
      if (found !== undefined) return found;
    }
    return [{ ignored: 'not_telemetry' }];
  } catch (error) {
    return [faultOf(record, error)];
  }
};
