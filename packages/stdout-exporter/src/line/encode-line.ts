import { compactDeflate } from '@serverless-otlp/otlp/compact';
import { ENVELOPE_MARKER, type OtlpRequest, requestToJson, type Signal, SIGNAL_PATHS } from '@serverless-otlp/otlp';
import type { Settings } from '../config/settings.ts';
import { VERSION } from '../version.ts';

/** Loaded with the first line, not with the module: importing zlib costs as much as everything else here. */
const zlib = (): typeof import('node:zlib') => process.getBuiltinModule('node:zlib');

/** What stands behind the payload: only what is set (E1). */
const tailOf = ({ headers, level }: Settings): string =>
  (headers === undefined ? '' : `,"headers":${JSON.stringify(headers)}`) +
  (level === undefined ? '' : `,"level":"${level}"`);

/**
 * deflate in the smallest window that loses no match. zlib's default sets up 256 KiB, which costs more than compressing a few spans.
 * zlib needs 262 bytes beyond the distance it may look back (deflate.h, MIN_LOOKAHEAD).
 */
const windowFor = (bytes: number): number => Math.min(15, Math.max(9, Math.ceil(Math.log2(bytes + 262))));

const gzip = (bytes: Uint8Array, level: number): string =>
  zlib()
    .gzipSync(bytes, { level, windowBits: windowFor(bytes.length), chunkSize: Math.max(64, bytes.length) })
    .toString('base64');

/** Eight fields in their order; the path of `endpoint` is the signal's (E1, E2). */
const compatible = (request: OtlpRequest, settings: Settings): string =>
  `{"${ENVELOPE_MARKER}":"${VERSION}","source":${JSON.stringify(settings.source)},` +
  `"endpoint":"http://localhost:4318${SIGNAL_PATHS[request.signal]}","method":"POST",` +
  `"content-type":"application/x-protobuf","content-encoding":"gzip",` +
  `"payload":"${gzip(request.bytes, settings.gzipLevel)}","base64":true${tailOf(settings)}}`;

/** The signal, unless it is traces: as short as the path can be said. */
const compactEndpoint = (signal: Signal): string =>
  signal === 'traces' ? '' : `"endpoint":"${SIGNAL_PATHS[signal]}",`;

/** Only what differs from the defaults. */
const compact = (request: OtlpRequest, settings: Settings): string => {
  const packed = compactDeflate(request.bytes, settings.gzipLevel);
  return (
    `{"${ENVELOPE_MARKER}":"${VERSION}","source":${JSON.stringify(settings.source)},` +
    `${compactEndpoint(request.signal)}"payload":"${packed.toString('base64')}"${tailOf(settings)}}`
  );
};

/** One line without its line feed. It ends in `}`, before which the writer may add a field. */
export const encodeLine = (request: OtlpRequest, settings: Settings): string => {
  switch (settings.format) {
    case 'compatible':
      return compatible(request, settings);
    case 'compact':
      return compact(request, settings);
    case 'otlp_json':
      return requestToJson(request);
  }
};
