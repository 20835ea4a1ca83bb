import { type OtlpRequest, requestToJson, writeEnvelope } from '@serverless-otlp/otlp';
import { compactDeflate } from '@serverless-otlp/otlp/compact';

/** The formats that the stdout exporter writes. */
export const FORMATS = ['compatible', 'compact', 'otlp_json'] as const;
export type Format = (typeof FORMATS)[number];

/** Level 6, as the exporter. */
const GZIP_LEVEL = 6;
/** As long as versions are. */
const VERSION = '0.1.0';

/** A line in the compact format but for its payload: `{"__otel_otlp_stdout":"0.1.0","source":"…","payload":"…"}`, and `endpoint` unless traces. */
const compactBytes = (request: OtlpRequest, source: string): number => {
  const payload = 4 * Math.ceil(compactDeflate(request.bytes, GZIP_LEVEL).length / 3);
  const endpoint = request.signal === 'traces' ? '' : `"endpoint":"/v1/${request.signal}",`;
  return (
    Buffer.byteLength(
      `{"__otel_otlp_stdout":"${VERSION}","source":${JSON.stringify(source)},${endpoint}"payload":""}`,
    ) + payload
  );
};

/** How long the line of a request is in each format, in bytes without its line feed. */
export const lineBytes = (request: OtlpRequest, source: string): Readonly<Record<Format, number>> => ({
  compatible: Buffer.byteLength(writeEnvelope(request, { source, version: VERSION, gzipLevel: GZIP_LEVEL })),
  compact: compactBytes(request, source),
  otlp_json: Buffer.byteLength(requestToJson(request)),
});

/**
 * A trace of ten spans of a function that calls a database, as docs/guides/exporters.md measured it on 2026-11-21: what a line is
 * taken for when nobody says or shows how long yours are.
 */
export const TYPICAL_LINE: Readonly<Record<Format, number>> = { compatible: 1344, compact: 863, otlp_json: 5418 };
