import { ENVELOPE_MARKER, type Signal, SIGNAL_PATHS } from '@serverless-otlp/otlp';
import type { Settings } from '../config/settings.ts';
import { VERSION } from '../version.ts';

/** Loaded with the first line, not with the module: importing zlib costs as much as everything else here. */
const zlib = (): typeof import('node:zlib') => process.getBuiltinModule('node:zlib');

/** What stands behind the payload: only what is set (E1). */
export const tailOf = ({ headers, level }: Settings): string =>
  (headers === undefined ? '' : `,"headers":${JSON.stringify(headers)}`) +
  (level === undefined ? '' : `,"level":"${level}"`);

/** What stands before everything else: the marker and who writes. */
export const headOf = ({ source }: Settings): string =>
  `{"${ENVELOPE_MARKER}":"${VERSION}","source":${JSON.stringify(source)},`;

/**
 * deflate in the smallest window that loses no match. zlib's default sets up 256 KiB, which costs more than compressing a few spans.
 * zlib needs 262 bytes beyond the distance it may look back (deflate.h, MIN_LOOKAHEAD).
 */
const windowFor = (bytes: number): number => Math.min(15, Math.max(9, Math.ceil(Math.log2(bytes + 262))));

const gzip = (bytes: Uint8Array, level: number): string =>
  zlib()
    .gzipSync(bytes, { level, windowBits: windowFor(bytes.length), chunkSize: Math.max(64, bytes.length) })
    .toString('base64');

/** A request in protobuf as eight fields in their order; the path of `endpoint` is the signal's (E1, E2). */
export const compatibleLine = (signal: Signal, bytes: Uint8Array, settings: Settings): string =>
  `${headOf(settings)}"endpoint":"http://localhost:4318${SIGNAL_PATHS[signal]}","method":"POST",` +
  `"content-type":"application/x-protobuf","content-encoding":"gzip",` +
  `"payload":"${gzip(bytes, settings.gzipLevel)}","base64":true${tailOf(settings)}}`;
