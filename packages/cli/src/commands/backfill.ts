import { terminalOf } from '@serverless-otlp/dev-server';
import { argumentsOf, type BackfillOptions } from '../backfill/arguments.ts';
import { createAsk } from '../backfill/ask.ts';
import { systemClock } from '../clock.ts';
import { createCourier } from '../backfill/courier.ts';
import { COMPLETE, endingOf } from '../backfill/ending.ts';
import type { LogGroupName } from '../backfill/log-group.ts';
import { createRegions } from '../backfill/regions.ts';
import { run } from '../backfill/run.ts';
import { openSaved, type Saved } from '../backfill/saved.ts';
import { EVENTS_AT_ONCE } from '../backfill/send.ts';
import { backfillShortfalls, type Summary, summaryText, surveyShortfalls } from '../backfill/summary.ts';
import { type Target, targetOf } from '../backfill/targets.ts';
import { createTracker } from '../backfill/tracker.ts';
import { createVoice } from '../backfill/voice.ts';
import { resumedText, warningsAbout } from '../backfill/warnings.ts';
import { forwarderOf, ownLogGroups } from '../config/forwarder.ts';
import { complaints } from '../forward/complaints.ts';
import { createTally, itemsIn } from '../forward/tally.ts';
import { onInterruption } from '../interruption.ts';
import { outputTo } from '../output.ts';
import { UsageError } from '../usage-error.ts';

const refuseOwn = (groups: readonly LogGroupName[], own: readonly string[]): void => {
  const found = groups.find(({ name }) => own.includes(name));
  if (found === undefined) return;
  throw new UsageError(
    `${found.name} is a log group of the forwarder itself, which is never forwarded. Leave it out, or take it out of service.own_log_groups and OTLP_FORWARDER_OWN_LOG_GROUPS.`,
  );
};

const NO_LINES = { in: 0, decoded: 0, ignored: 0, quarantined: 0 };

const iso = (ms: number): string => new Date(ms).toISOString();

/** `serverless-otlp backfill`: lines of CloudWatch Logs through the real forwarder once more. Returns the exit code. */
export const backfill = async (options: BackfillOptions): Promise<number> => {
  const clock = systemClock;
  const nowMs = clock.now();
  const { dryRun = false, json = false } = options;
  const given = argumentsOf(options, nowMs);
  const settings = {
    ...(options.config === undefined ? {} : { config: options.config }),
    ...(options.destination === undefined ? {} : { destinations: options.destination }),
  };
  refuseOwn(given.logGroups, await ownLogGroups(settings));

  const tally = createTally();
  const tracker = createTracker(given.logGroups.length, () => itemsIn(tally.total(), 'delivered'));
  const voice = createVoice(tracker.howFar);
  using interruption = onInterruption();
  const { signal } = interruption;
  const complain = complaints((id, from) => `${from['log_group'] ?? ''} ${from['log_stream'] ?? ''} event ${id}`);
  const courier = createCourier({
    clock,
    signal,
    onTry: (report) => complain(report).forEach(voice.say),
    onEnd: (report, end) => {
      tally.add(report);
      if (end === 'returned') tally.returned();
    },
    onWait: voice.sayNowAndThen,
  });

  let { sinceMs, untilMs } = given;
  let ending = COMPLETE;
  let saved: Saved | undefined;
  try {
    const forwarder = await forwarderOf(settings, courier.onReport, voice.say);
    const ask = createAsk({ clock, signal, onWait: voice.sayNowAndThen });
    const apiFor = createRegions(options);
    const { owner } = options;
    const targets: Target[] = [];
    for (const group of given.logGroups)
      targets.push(await targetOf(group, { ask, apiFor, ...(owner === undefined ? {} : { owner }) }));

    if (!dryRun) saved = await openSaved(options, given);
    const checkpoint = saved?.checkpoint;
    ({ sinceMs, untilMs } = checkpoint ?? given);
    tracker.begin(sinceMs, untilMs);
    if (checkpoint?.resumed === true) voice.say(resumedText(checkpoint, given));
    warningsAbout(targets, { sinceMs, untilMs, nowMs }).forEach(voice.say);

    await run(targets, {
      ask,
      clock,
      signal,
      sinceMs,
      untilMs,
      ...(options.filterPattern === undefined ? {} : { filterPattern: options.filterPattern }),
      ...(checkpoint === undefined ? {} : { sending: { forwarder, courier, checkpoint } }),
      onFault: (fault) => complain({ lines: NO_LINES, faults: [fault] }).forEach(voice.say),
      onRead: tracker.onRead,
    });
    await checkpoint?.finish();
  } catch (error) {
    ending = endingOf(error, { dryRun, atOnce: EVENTS_AT_ONCE });
  } finally {
    await saved?.close();
    await voice.silence();
  }

  const summary: Summary = {
    since: iso(sinceMs),
    until: iso(untilMs),
    dryRun,
    resumed: saved?.checkpoint.resumed === true,
    complete: ending === COMPLETE,
    logGroups: tracker.counts(),
  };
  const total = tally.total();
  const problems = [
    ...(dryRun ? surveyShortfalls(summary) : backfillShortfalls(total, options.destination !== undefined)),
    ...ending.texts,
  ];
  problems.forEach(voice.say);
  await voice.silence();
  const human = !json && terminalOf(process.stdout).isTty;
  const told = dryRun ? summary : { ...summary, ...total };
  await outputTo(process.stdout).write(`${human ? summaryText(summary, total) : JSON.stringify(told)}\n`);
  return ending.exitCode !== 0 || problems.length === 0 ? ending.exitCode : 1;
};
