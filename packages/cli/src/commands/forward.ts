import type { Forwarder, Report } from '@serverless-otlp/forwarder';
import { randomUUID } from 'node:crypto';
import { forwarderOf, type ForwarderSettings } from '../config/forwarder.ts';
import { terminalOf } from '@serverless-otlp/dev-server';
import { complaints } from '../forward/complaints.ts';
import { createProgress, deliveredSoFar } from '../forward/progress.ts';
import {
  billedBytes,
  EVENT_LIMITS,
  MAX_MESSAGE_BYTES,
  subscriptionEvent,
  type LogEvent,
} from '../forward/subscription-event.ts';
import { createTally } from '../forward/tally.ts';
import { shortfalls, successText } from '../forward/verdict.ts';
import { onInterruption } from '../interruption.ts';
import { outputTo, type Output } from '../output.ts';
import { batchesOf } from '../sources/batches.ts';
import { eventsOf, MAX_DOCUMENT_BYTES } from '../sources/events.ts';
import { inputsOf, typingHint, type Input } from '../sources/inputs.ts';
import { linesOf, textOfLine } from '../sources/lines.ts';
import { createOtherLines } from '../sources/passthrough.ts';
import { createPositions, positionName, type Positions } from '../sources/positions.ts';
import { bytesUntil } from '../sources/until.ts';

/** Options of `forward`. */
export interface ForwardOptions extends ForwarderSettings {
  readonly event?: boolean;
  readonly passthrough?: boolean;
  readonly logGroup?: string;
  readonly json?: boolean;
}

/** How long a line waits for others to travel with. */
const MAX_WAIT_MS = 500;
/** The timeout the deployed function has unless told otherwise. */
const INVOCATION_MS = 60_000;
const PROGRESS_MS = 250;
const LINE_FEED = 0x0a;

const logStreamOf = (now: Date): string =>
  `${now.toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomUUID().replaceAll('-', '')}`;

async function* linesAsEvents(
  input: Input,
  { passthrough = false, logGroup = '/aws/lambda/local' }: ForwardOptions,
  positions: Positions,
  stdout: Output,
  signal: AbortSignal,
): AsyncGenerator<unknown, void> {
  const source = { logGroup, logStream: logStreamOf(new Date()) };
  const otherLines = createOtherLines();
  const passed = { lineOpen: false };
  positions.begin(input.name);
  async function* logEvents(): AsyncGenerator<readonly LogEvent[], void> {
    for await (const lines of linesOf(bytesUntil(input, signal), MAX_MESSAGE_BYTES)) {
      if (passthrough) {
        const others = otherLines(lines);
        if (others.length > 0) passed.lineOpen = others.at(-1) !== LINE_FEED;
        await stdout.write(others);
      }
      const timestamp = Date.now();
      yield lines.map((line) => ({ id: positions.idOf(line), timestamp, message: textOfLine(line) }));
    }
  }
  const bytesOf = ({ message }: LogEvent): number => billedBytes(Buffer.byteLength(message));
  for await (const batch of batchesOf(logEvents(), bytesOf, { ...EVENT_LIMITS, maxWaitMs: MAX_WAIT_MS })) {
    yield subscriptionEvent(batch, source);
  }
  // The report, or the next file, starts on a line of its own.
  if (passed.lineOpen) await stdout.write('\n');
}

async function* wholeEvents(
  input: Input,
  signal: AbortSignal,
  refuse: (text: string) => Promise<void>,
): AsyncGenerator<unknown, void> {
  for await (const document of eventsOf(linesOf(bytesUntil(input, signal), MAX_DOCUMENT_BYTES))) {
    if ('event' in document) yield document.event;
    else await refuse(`${positionName(input.name, document.line)}: ${document.problem}`);
  }
}

const invoke = async (forwarder: Forwarder, event: unknown): Promise<Error | undefined> => {
  const end = Date.now() + INVOCATION_MS;
  try {
    await forwarder(event, { getRemainingTimeInMillis: () => end - Date.now() });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error('the forwarder failed', { cause: error });
  }
};

/** `serverless-otlp forward`: stdout lines or Lambda events through the real forwarder to an endpoint. Returns the exit code. */
export const forward = async (files: readonly string[], options: ForwardOptions): Promise<number> => {
  const inputs = inputsOf(files);
  const positions = createPositions();
  const tally = createTally();
  const complain = complaints(positions.nameOf);
  const [stdout, stderr] = [outputTo(process.stdout), outputTo(process.stderr)];
  const progress = createProgress(terminalOf(process.stderr), () => performance.now(), deliveredSoFar);
  const say = (text: string): Promise<void> => stderr.write(`${progress.clear()}${text}\n`);

  let reported: Report | undefined;
  const forwarder = await forwarderOf(
    options,
    (report) => (reported = report),
    (warning) => void say(warning),
  );
  await stderr.write(typingHint(inputs));
  using interruption = onInterruption();
  const timer = setInterval(() => {
    const text = progress.tick(tally.total());
    if (text !== '') void stderr.write(text);
  }, PROGRESS_MS).unref();

  const refuse = async (problem: string): Promise<void> => {
    tally.unreadable();
    await say(problem);
  };
  for (const input of inputs) {
    const events =
      options.event === true
        ? wholeEvents(input, interruption.signal, refuse)
        : linesAsEvents(input, options, positions, stdout, interruption.signal);
    for await (const event of events) {
      reported = undefined;
      const error = await invoke(forwarder, event);
      const report = reported as Report | undefined;
      if (report === undefined) {
        await refuse(error?.message ?? 'the forwarder gave no report');
        continue;
      }
      tally.add(report);
      for (const text of complain(report)) await say(text);
      if (error !== undefined) tally.returned();
    }
  }
  clearInterval(timer);

  const total = tally.total();
  const interrupted = interruption.signal.aborted && inputs.some(({ name }) => name !== '');
  const problems = [
    ...shortfalls(total),
    ...(interrupted
      ? ['Interrupted: not everything was read. Run it again; what was delivered will be delivered twice.']
      : []),
  ];
  for (const problem of problems) await say(problem);
  const human = options.json !== true && terminalOf(process.stdout).isTty;
  await stdout.write(`${progress.clear()}${human ? successText(total) : JSON.stringify(total)}\n`);
  return problems.length === 0 ? 0 : 1;
};
