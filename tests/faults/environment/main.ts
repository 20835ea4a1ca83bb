/**
 * A Lambda execution environment as a process of its own: the forwarder and the redrive, made of the configuration file that
 * OTLP_FORWARDER_CONFIG names, as the deployed handlers make them. Commands come over IPC, one at a time.
 */
import { flushCompileCache } from 'node:module';
import { setClock } from './clock.ts';
import { installHooks } from './hooks.ts';
import { arm, hitsSoFar } from './passing.ts';
import type { Command, ForwarderReport, Reply } from './protocol.ts';
import { setFaults } from './shims.ts';
import { watchStalls } from './stall.ts';

// Node tells what it strips types of; a report is what is looked for here.
process.removeAllListeners('warning');
setClock(Number(process.env['FAULTS_CLOCK_MS']));
installHooks(process.env['FAULTS_SOURCES'] ?? '');

const [{ loadForwarder, loadRedrive, loadRedrivePlan }, { writeReport, writeLine }] = await Promise.all([
  import('@serverless-otlp/forwarder/config'),
  import('@serverless-otlp/forwarder'),
]);

let reports: ForwarderReport[] = [];
const forwarder = await loadForwarder({
  onReport: (report, namespace) => {
    writeReport(report, namespace);
    reports.push(report);
  },
  onWarning: (message) => writeLine(JSON.stringify({ level: 'WARN', message })),
});

type Redrive = Awaited<ReturnType<typeof loadRedrive>>;
const stalls = watchStalls();
const onWarning = (): void => undefined; // the forwarder has said so already
let scheduled: Promise<Redrive> | undefined;

const load = async (reason?: string): Promise<Redrive> => {
  const { writeRedriveReport: onReport } = await import('@serverless-otlp/forwarder');
  return reason === undefined
    ? loadRedrive({ onReport, onWarning, forward: forwarder })
    : loadRedrive({ onReport, onWarning, selection: { reason }, intervalMs: 0 });
};

const redrive = (reason?: string): Promise<Redrive> => (reason === undefined ? (scheduled ??= load()) : load(reason));

const run = async ({ kind, event, reason, remainingMs, clockMs, faults }: Command): Promise<Reply> => {
  setClock(clockMs);
  setFaults(faults);
  arm(faults.kill);
  reports = [];
  const endsAt = Date.now() + remainingMs;
  const context = { getRemainingTimeInMillis: () => endsAt - Date.now() };
  const done = (rest: Partial<Reply>): Reply => ({
    reports,
    hits: hitsSoFar(),
    stalledMs: stalls.longestMs(),
    ...rest,
  });
  stalls.longestMs();
  try {
    if (kind === 'redrive') return done({ redrive: await (await redrive(reason))({}, context) });
    if (kind === 'plan') {
      await loadRedrivePlan({ onWarning });
      return done({});
    }
    await forwarder(event, context);
    return done({});
  } catch (error) {
    return done({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  }
};

process.on('message', (command: Command) => {
  void run(command).then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit());
// It will not live to do so at its end.
flushCompileCache();
process.send?.('ready');
