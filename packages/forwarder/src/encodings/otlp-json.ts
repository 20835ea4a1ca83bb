import { parseLogLine, parseOtlpJson, requestFromJson, signalOfJson } from '@serverless-otlp/otlp';
import type { Encoding } from '../types.ts';
import { droppedOf } from './dropped.ts';
import { unopened, weightOf } from './inflate.ts';

/** The most one line may become: packed numbers take more room in protobuf than in JSON (D17). */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

const isRequest = (value: Readonly<Record<string, unknown>>): boolean => signalOfJson(value) !== undefined;

/**
 * Reads plain OTLP/JSON lines, as the `otlp/stdout` and file exporters of the OpenTelemetry specification write them, bare or
 * wrapped by Lambda's log formats.
 *
 * @example otlpJson()
 */
export const otlpJson = (): Encoding => ({
  name: 'otlp_json',
  decode: (record, budget) => {
    const text = typeof record.data === 'string' ? record.data : Buffer.from(record.data).toString();
    if (!text.includes('resourceSpans') && !text.includes('resourceMetrics') && !text.includes('resourceLogs'))
      return undefined;
    const limit = budget.allow(MAX_REQUEST_BYTES);
    try {
      const line = parseLogLine(text, isRequest, parseOtlpJson);
      if (line === undefined) return undefined;
      const request = requestFromJson(line.value);
      budget.spend(weightOf(request, limit));
      return [{ request, ...droppedOf(line.value) }];
    } catch (error) {
      return [unopened(record, error, limit, MAX_REQUEST_BYTES)];
    }
  },
});
