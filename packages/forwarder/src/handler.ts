import { loadForwarder } from './config/index.ts';
import type { Forwarder } from './forwarder.ts';
import { writeLine, writeReport } from './write-report.ts';

/**
 * The ready-made Lambda handler, configured by variables or by the file that `OTLP_FORWARDER_CONFIG` names. It refuses to start
 * without an explicit endpoint.
 */
export const handler: Forwarder = await loadForwarder({
  // eslint-disable-next-line no-restricted-properties -- the handler is where the outside comes in
  env: process.env,
  onReport: writeReport,
  onWarning: (message) => writeLine(JSON.stringify({ level: 'WARN', message })),
});
