import type { ExportResult } from '../export-result.ts';
import type { FinishedLogRecord } from '../logs.ts';
import type { Sink } from './span-buffer.ts';

/** A `LogRecordProcessor` of SDK 2.x and 3.x, and a way to write at once what it holds. */
export interface LogBuffer {
  readonly onEmit: (record: FinishedLogRecord) => void;
  readonly flush: () => void;
  readonly forceFlush: () => Promise<void>;
  readonly shutdown: () => Promise<void>;
}

const MAX_RECORDS = 512;

/** Holds log records until the program next waits for something, and writes what it said meanwhile in one line. */
export const logBuffer = (sink: Sink<FinishedLogRecord>, report: (result: ExportResult) => void): LogBuffer => {
  let records: FinishedLogRecord[] = [];
  let next: NodeJS.Immediate | undefined;
  const flush = (): void => {
    clearImmediate(next);
    next = undefined;
    const batch = records;
    records = [];
    if (batch.length > 0) sink.export(batch, report);
  };
  const settled = (): Promise<void> => {
    flush();
    return Promise.resolve();
  };
  return {
    onEmit: (record) => {
      records.push(record);
      if (records.length >= MAX_RECORDS) flush();
      else next ??= setImmediate(flush);
    },
    flush,
    forceFlush: settled,
    shutdown: settled,
  };
};
