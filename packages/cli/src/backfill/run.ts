import type { Fault, Forwarder } from '@serverless-otlp/forwarder';
import type { Ask } from './ask.ts';
import type { Checkpoint } from './checkpoint.ts';
import { bytesOfLine, type ChunkLimits } from './chunks.ts';
import type { Clock } from '../clock.ts';
import type { Courier } from './courier.ts';
import { readGroup } from './read-group.ts';
import { createSender } from './send.ts';
import type { GroupCounts } from './summary.ts';
import { createSurvey } from './survey.ts';
import type { Target } from './targets.ts';

/** What {@link run} does with the lines. */
export interface RunOptions {
  readonly ask: Ask;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly filterPattern?: string;
  readonly limits?: ChunkLimits;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Absent: a dry run. */
  readonly sending?: { readonly forwarder: Forwarder; readonly courier: Courier; readonly checkpoint: Checkpoint };
  /** Is told of lines that a dry run finds unreadable. */
  readonly onFault: (fault: Fault) => void;
  /** Is given what was read of a log group so far, and up to when. */
  readonly onRead: (logGroup: string, counts: GroupCounts, doneMs: number) => void;
}

/** Reads the log groups one after the other, and sends what is in them or only looks at it. */
export const run = async (targets: readonly Target[], options: RunOptions): Promise<void> => {
  for (const target of targets) await runGroup(target, options);
};

const runGroup = async ({ api, group, owner }: Target, options: RunOptions): Promise<void> => {
  const { ask, clock, signal, filterPattern, limits, sinceMs, untilMs, sending, onFault, onRead } = options;
  const { identifier } = group;
  const source = { owner, logGroup: group.name };
  const settledBefore = sending?.checkpoint.settledBefore(identifier);
  const survey = createSurvey();
  const send = sending === undefined ? undefined : createSender({ ...sending, signal, logGroup: identifier, source });
  const counts = { lines: 0, bytes: 0, settledBefore: 0 };
  let doneMs = sending?.checkpoint.doneMs(identifier) ?? sinceMs;

  const tell = (): void => {
    const { settledBefore: skipped, ...read } = counts;
    onRead(
      identifier,
      {
        ...read,
        ...(skipped === 0 ? {} : { settledBefore: skipped }),
        ...(send === undefined ? { found: survey.found() } : {}),
      },
      doneMs,
    );
  };

  tell();
  await readGroup(
    { api, logGroup: identifier, ...(filterPattern === undefined ? {} : { filterPattern }) },
    { fromMs: doneMs, toMs: untilMs },
    {
      ask,
      clock,
      signal,
      ...(limits === undefined ? {} : { limits }),
      // The window that was interrupted is read as it was, so that what was under way is sent again in the same events.
      ...(settledBefore === undefined ? {} : { firstWidthMs: settledBefore.toMs - doneMs }),
      take: async (lines, window) => {
        counts.lines += lines.length;
        for (const line of lines) counts.bytes += bytesOfLine(line);
        if (settledBefore !== undefined)
          counts.settledBefore += lines.filter(({ id }) => settledBefore.ids.has(id)).length;
        tell();
        if (send === undefined) survey.look(lines, source).forEach(onFault);
        else await send(lines, window);
        tell();
      },
      done: async ({ toMs }) => {
        await sending?.checkpoint.done(identifier, toMs);
        doneMs = toMs;
        tell();
      },
    },
  );
};
