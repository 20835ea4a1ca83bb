import { SIGNALS } from '@serverless-otlp/otlp';
import { openJournal } from './journal.ts';
import {
  DEFAULT_MAX_AGE_MS,
  type Lane,
  type LaneDestination,
  reasonOf,
  remains,
  type RunContext,
} from './lane-context.ts';
import { type ListedRequest, oldestFirst } from './listing.ts';
import { loadChunk } from './load.ts';
import { meant } from './meant.ts';
import { moveLetter } from './move.ts';
import { paceOf } from './pace.ts';
import { gone, type LaneReport, noCounts } from './redrive-report.ts';
import { sendChunk } from './send-chunk.ts';

/** Packed bytes in the hands of one lane. */
const MAX_CHUNK_BYTES = 2 * 1024 * 1024;

/** Moves at once. */
const MAX_MOVES = 16;

/** No destination silences us for longer; a journal that says so is damaged. */
const MAX_WAIT_MS = 3_600_000;

/** Sends what waits for one destination: the oldest first, what was tried before last and alone (D22a, D22b). Never rejects. */
export const drain = async (destination: LaneDestination, context: RunContext): Promise<LaneReport> => {
  const { store, now, intervalMs, onError } = context;
  const { concurrency = 10, exporter } = destination;
  const pace = paceOf({ ...context, concurrency });
  const counts = noCounts();
  let more = false;
  let failed: string | undefined;
  let oldestMs = Infinity;
  try {
    const journal = await openJournal(store, exporter.name, now());
    const lane: Lane = { destination, context, counts, journal, pace, oldestMs };
    const waitMs = journal.notBeforeMs - now();
    const waits = waitMs > 0 && waitMs <= MAX_WAIT_MS + intervalMs && intervalMs > 0;
    if (waits) pace.stop(`it failed; not asked again before ${new Date(journal.notBeforeMs).toISOString()}`);
    try {
      const suspects: ListedRequest[] = [];
      const condemned: ListedRequest[] = [];
      more = await sendAll(lane, fresh(lane, suspects, condemned), false);
      suspects.sort((a, b) => journal.compare(a.key, b.key));
      await sendAll(lane, suspects, true);
      // Last, since nobody knows what reading them does.
      for (const letter of condemned) {
        if (now() < context.deadline) await move(lane, letter, 'quarantine');
        else remains(lane, letter.parsed.timeMs);
      }
    } finally {
      oldestMs = lane.oldestMs;
      journal.undoOpen();
      if (pace.askedMs !== undefined) journal.notBeforeMs = Math.trunc(now() + Math.max(intervalMs, pace.askedMs));
      else if (pace.hasTaken()) journal.notBeforeMs = 0;
      await journal.save();
    }
    more ||= SIGNALS.some((signal) => !pace.wants(signal));
  } catch (error) {
    onError(error);
    failed = reasonOf(error);
    more = true;
    // What was in our hands is there, or gone to where the counts say.
    counts.remaining = counts.found + counts.put - gone(counts);
  }
  const error = failed ?? (counts.remaining > 0 ? pace.problem : undefined);
  return {
    ...counts,
    ...(failed === undefined && { oldestPendingAgeMs: oldestMs === Infinity ? 0 : Math.max(0, now() - oldestMs) }),
    ...(more && { more }),
    ...(error !== undefined && { error }),
  };
};

/** What has to be sent and was not tried before. What is too old is moved; the rest is left to `suspects` and `condemned`. */
async function* fresh(
  lane: Lane,
  suspects: ListedRequest[],
  condemned: ListedRequest[],
): AsyncGenerator<ListedRequest, void> {
  const { context, counts, destination, journal, pace } = lane;
  const { store, selection, now } = context;
  const { maxAgeMs = DEFAULT_MAX_AGE_MS, exporter } = destination;
  // A person who asks for what is set aside gets everything sent.
  const isAside = selection.state !== undefined;
  const moves: Promise<void>[] = [];
  const listed = oldestFirst(store, selection.state ?? 'pending', exporter.name, (signal) => pace.wants(signal));
  try {
    for await (const letter of meant(store, listed, selection)) {
      counts.found++;
      const { key, parsed } = letter;
      if (!isAside && now() - parsed.timeMs > maxAgeMs && pace.goesOn()) {
        moves.push(move(lane, letter, 'expired'));
        if (moves.length >= MAX_MOVES) await Promise.all(moves.splice(0));
      } else if (!isAside && journal.condemns(key)) condemned.push(letter);
      else if (journal.knows(key)) suspects.push(letter);
      else yield letter;
    }
  } finally {
    await Promise.all(moves);
  }
}

const move = async (lane: Lane, { key, parsed }: ListedRequest, state: 'quarantine' | 'expired'): Promise<void> => {
  if (await moveLetter({ ...lane.context, counts: lane.counts }, key, state)) lane.journal.forget(key);
  else remains(lane, parsed.timeMs);
};

/** Sends these in chunks of the ramp, or each alone, until nothing goes on. Whether there are more. */
const sendAll = async (
  lane: Lane,
  letters: AsyncIterable<ListedRequest> | Iterable<ListedRequest>,
  alone: boolean,
): Promise<boolean> => {
  const { pace } = lane;
  let chunk: ListedRequest[] = [];
  let bytes = 0;
  let more = false;
  const flush = async (): Promise<void> => {
    const taken = chunk;
    [chunk, bytes] = [[], 0];
    await sendChunk(lane, await loadChunk(lane, taken));
  };
  for await (const letter of letters) {
    if (!pace.goesOn(letter.signal)) {
      remains(lane, letter.parsed.timeMs);
      if (alone || pace.goesOn()) continue;
      more = true;
      break;
    }
    chunk.push(letter);
    bytes += letter.bytes;
    if (alone || chunk.length >= pace.chunk || bytes >= MAX_CHUNK_BYTES) await flush();
  }
  if (chunk.length > 0 && pace.goesOn()) await flush();
  for (const { parsed } of chunk) remains(lane, parsed.timeMs);
  return more;
};
