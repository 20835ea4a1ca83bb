import { groupsOf, type LetterGroup, type LoadedLetter } from './group.ts';
import { type Lane, reasonOf, remains } from './lane-context.ts';
import { sendGroup, type Sent } from './send-group.ts';

/** Unpacked bytes on their way at once. */
const MAX_SENDING_BYTES = 48 * 1024 * 1024;

interface Done {
  readonly group: LetterGroup;
  /** Absent: it was not tried. */
  readonly sent?: Sent;
}

/** Sends loaded letters, as many requests at once as the pace allows, and tells journal and pace what became of them. */
export const sendChunk = async (lane: Lane, letters: readonly LoadedLetter[]): Promise<void> => {
  const { destination, context, counts, pace } = lane;
  const { exporter } = destination;
  const groups = groupsOf(letters, destination.limits ?? {});
  const done: Done[] = [];
  const queue = groups.values();
  const send = async (group: LetterGroup, onAnswered: () => void): Promise<void> => {
    try {
      const sent = await sendGroup(group, { ...context, exporter, counts }, onAnswered);
      done.push({ group, sent });
      tellPace(lane, group, sent);
    } catch (error) {
      // A bug, of whoever keeps dead letters. The letters are where they were.
      context.onError(error);
      pace.stop(reasonOf(error));
      done.push({ group });
    }
    onAnswered();
  };
  const sending: Promise<void>[] = [];
  const work = async (): Promise<void> => {
    for (const group of queue) {
      if (!pace.goesOn(group.signal)) done.push({ group });
      else await new Promise<void>((resolve) => sending.push(send(group, resolve)));
    }
  };
  const largest = groups.reduce((most, { bytes }) => Math.max(most, bytes), 1);
  const width = Math.min(pace.width, groups.length, Math.floor(MAX_SENDING_BYTES / largest));
  await Promise.all(Array.from({ length: Math.max(1, width) }, work));
  await Promise.all(sending);
  for (const one of done) settle(lane, one);
  context.onProgress(exporter.name, counts);
  await pace.next();
};

const tellPace = ({ pace }: Lane, { signal }: LetterGroup, sent: Sent): void => {
  const { took, failure, refusal, storeFailed } = sent;
  if (took) pace.took(signal);
  if (failure !== undefined) pace.failed(signal, failure);
  else if (!took && refusal !== undefined) pace.refused(signal, refusal);
  if (storeFailed === true) pace.stop('the dead-letter store failed');
};

/** Only once all of a chunk are done is it known whether others succeeded (D22b). */
const settle = (lane: Lane, { group, sent }: Done): void => {
  const { journal, pace, context } = lane;
  const left = new Set((sent?.left ?? group.letters).map(({ key }) => key));
  // What was cut short by the end of the run says nothing about a letter.
  const isCut = context.now() >= context.deadline || context.abort?.aborted === true;
  for (const { key, timeMs } of group.letters) {
    if (!left.has(key)) {
      journal.forget(key);
      continue;
    }
    remains(lane, timeMs);
    if (sent === undefined || sent.storeFailed === true) journal.undo(key);
    else if (pace.hasTaken(group.signal) && !isCut) journal.blame(key);
    else journal.excuse(key);
  }
  if (sent === undefined) return;
  remains(lane, Math.min(...group.letters.map(({ timeMs }) => timeMs)), sent.put);
  if (sent.took) journal.succeed(sent.redriven.length);
};
