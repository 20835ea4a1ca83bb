import { settingsOf } from './config/settings.ts';
import { warnOnce } from './config/warn-once.ts';
import type { WriteResult } from './export-result.ts';
import type { StdoutExporterOptions } from './options.ts';
import { send } from './send.ts';

/**
 * Writes an OTLP request to standard output, for programs without an SDK. Never throws.
 *
 * @param signal which request it is.
 * @param bytes an `Export…ServiceRequest` in protobuf; it is not looked into unless it must be split. Without bytes nothing is written.
 * @example writeRequest('traces', bytes, { source: 'checkout' })
 */
export const writeRequest = (
  signal: 'traces' | 'metrics' | 'logs',
  bytes: Uint8Array,
  options: StdoutExporterOptions = {},
): WriteResult => send(signal, () => (bytes.length === 0 ? undefined : bytes), settingsOf(signal, options, warnOnce));
