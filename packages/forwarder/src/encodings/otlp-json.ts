import { parseLogLine, parseOtlpJson, requestFromJson, signalOfJson } from '@serverless-otlp/otlp';
import { faultOf } from '../fault.ts';
import type { Encoding } from '../types.ts';

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
    try {
      const line = parseLogLine(text, isRequest, parseOtlpJson);
      if (line === undefined) return undefined;
      const request = requestFromJson(line.value);
      budget.spend(request.bytes.length);
      return [{ request }];
    } catch (error) {
      return [faultOf(record, error)];
    }
  },
});
