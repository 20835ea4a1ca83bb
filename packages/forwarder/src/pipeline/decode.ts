import { faultOf } from '../fault.ts';
import type { Decoded, Encoding, IgnoredReason, InflateBudget, SourceRecord, Telemetry, Unreadable } from '../types.ts';

/** A line that cannot be read, and the record it came in. */
export interface RecordFault extends Unreadable {
  readonly record: string;
}

/** Everything that was found in the records of an event. Lines in = ignored + decoded + quarantined. */
export interface DecodedRecords {
  readonly telemetry: readonly Telemetry[];
  readonly faults: readonly RecordFault[];
  readonly lines: number;
  /** Lines that functions say they could not write (E4). */
  readonly dropped: number;
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
  let dropped = 0;
  for (const record of records) {
    const carriers: ReadonlySet<string> = new Set([record.id]);
    for (const found of decodeRecord(record, encodings, budget)) {
      lines += 'ignored' in found ? (found.lines ?? 1) : 1;
      if ('request' in found) {
        const { request, metadata = record.attributes, timeMs } = found;
        dropped += found.dropped ?? 0;
        telemetry.push({ request, records: carriers, metadata, ...(timeMs === undefined ? {} : { timeMs }) });
      } else if ('fault' in found) {
        faults.push({ ...found, record: record.id });
      } else {
        ignored.set(found.ignored, (ignored.get(found.ignored) ?? 0) + (found.lines ?? 1));
      }
    }
  }
  return { telemetry, faults, lines, dropped, ignored };
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
