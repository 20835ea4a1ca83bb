import { loadForwarder, loadRedrive } from './config/index.ts';
import type { Redrive } from './dead-letter/redrive.ts';
import type { Forwarder } from './forwarder.ts';
import { writeLine, writeReport } from './write-report.ts';

const onWarning = (message: string): void => {
  writeLine(JSON.stringify({ level: 'WARN', message }));
};

/**
 * The ready-made Lambda handler, configured by variables or by the file that `OTLP_FORWARDER_CONFIG` names. It refuses to start
 * without an explicit endpoint.
 */
export const handler: Forwarder = await loadForwarder({ onReport: writeReport, onWarning });

let opened: Promise<Redrive> | undefined;

/** Nothing of the redrive is loaded in a forwarder. The next invocation opens anew what failed in this one. */
const open = async (): Promise<Redrive> => {
  const { writeRedriveReport } = await import('./write-redrive-report.ts');
  let warn: typeof onWarning = () => undefined; // the forwarder has said already what is ignored
  const made = await loadRedrive({
    onReport: writeRedriveReport,
    onWarning: (message) => warn(message),
    forward: handler,
  });
  warn = onWarning;
  return made;
};

/**
 * The handler of a second function with the same configuration, on a schedule and with a reserved concurrency of 1: sends what waits
 * in the dead-letter store again.
 *
 * @throws {Error} when the store failed, so that the function's error alarm rings; the report was written before.
 */
export const redrive: Redrive = async (event, context) => {
  if (opened === undefined) {
    opened = open();
    opened.catch(() => (opened = undefined));
  }
  const report = await (await opened)(event, context);
  if (report.errors !== undefined) throw new Error(`the dead-letter store failed: ${report.errors.join('; ')}`);
  return report;
};
