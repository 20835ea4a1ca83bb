import { loadForwarder } from './config/index.ts';
import type { Forwarder } from './forwarder.ts';
import { writeLine, writeReport } from './write-report.ts';

/**
 * The ready-made Lambda handler, configured by variables or by the file that `OTLP_FORWARDER_CONFIG` names. It refuses to start
 * without an explicit endpoint.
 */
export const handler: Forwarder = await loadForwarder({
  onReport: writeReport,
  onWarning: (message) => writeLine(JSON.stringify({ level: 'WARN', message })),
});
