import { isEnvelope, parseLogLine, readEnvelope } from '@serverless-otlp/otlp';
import type { Encoding, Metadata } from '../types.ts';
import { droppedOf } from './dropped.ts';
import { inflateOn, unopened, weightOf } from './inflate.ts';

/** The most one payload may decompress to (D17). */
const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

/** Field names and values that may become HTTP headers (RFC 9110): no line breaks, no control characters. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]{1,128}$/;
const HEADER_VALUE = /^[\x20-\x7e]{1,1024}$/;

/** How {@link otlpStdout} treats what envelopes claim. */
export interface OtlpStdoutOptions {
  /**
   * Names of envelope headers to keep, as metadata `header.<name>`: routing facts such as a tenant id. They are the function's
   * own word; everything not named here is ignored (D19).
   */
  readonly headers?: readonly string[];
  /** Whether to keep what an envelope says of its service, as metadata `source`: a rule judges it. Default false. */
  readonly keepSource?: boolean;
}

/** Longer names are as good as this much of them: no rule reads more. */
const MAX_SOURCE = 513;

/**
 * Reads otlp-stdout envelopes in every dialect, bare or wrapped by Lambda's log formats.
 *
 * @example otlpStdout({ headers: ['tenant-id'] })
 */
export const otlpStdout = ({ headers = [], keepSource = false }: OtlpStdoutOptions = {}): Encoding => {
  const allowed = headers.map((name) => name.toLowerCase()).filter((name) => HEADER_NAME.test(name));

  const metadataOf = (sent: ReadonlyMap<string, string>, source: string | undefined): Metadata | undefined => {
    const own = keepSource && source !== undefined ? [['source', source.slice(0, MAX_SOURCE)] as const] : [];
    const kept = allowed.flatMap((name) => {
      const value = sent.get(name);
      return value !== undefined && HEADER_VALUE.test(value) ? [[`header.${name}`, value] as const] : [];
    });
    return kept.length + own.length === 0 ? undefined : Object.fromEntries([...own, ...kept]);
  };

  return {
    name: 'otlp_stdout',
    decode: (record, budget) => {
      const text = typeof record.data === 'string' ? record.data : Buffer.from(record.data).toString();
      // Both markers contain it, and so does the tail that a cut leaves behind; most other lines stop here.
      if (!text.includes('_otel') && !text.includes('","base64":true')) return undefined;
      const left = budget.allow(Infinity);
      const limit = Math.min(left, MAX_PAYLOAD_BYTES);
      try {
        const line = parseLogLine(text, isEnvelope);
        if (line === undefined) return undefined;
        const { request, headers: sent, source } = readEnvelope(line.value, line.text, inflateOn(budget, limit));
        const weight = weightOf(request, limit);
        // What was not compressed, or takes more room in protobuf than in JSON.
        budget.spend(Math.max(0, weight - (left - budget.allow(Infinity))));
        const metadata = metadataOf(sent, source);
        const found = { request, ...droppedOf(line.value) };
        return [metadata === undefined ? found : { ...found, metadata: { ...record.attributes, ...metadata } }];
      } catch (error) {
        return [unopened(record, error, limit, MAX_PAYLOAD_BYTES)];
      }
    },
  };
};
