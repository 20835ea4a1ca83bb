import { terminalOf, visibleJson } from '@serverless-otlp/dev-server';
import { type DoctorOptions, type Target, targetOf } from '../doctor/arguments.ts';
import type { Followed } from '../doctor/canary/follow.ts';
import type { Finding } from '../doctor/check.ts';
import { examineConfiguration } from '../doctor/examine-configuration.ts';
import type { Facts } from '../doctor/installation/facts.ts';
import { findingsJson, findingsText, summaryOf, summaryText } from '../doctor/print.ts';
import { onInterruption } from '../interruption.ts';
import { outputTo } from '../output.ts';

const INTERRUPTED = 130;
const TIMEOUT_S = 60;
/** CloudWatch Logs hands over within seconds as a rule, within minutes at times. */
const CANARY_TIMEOUT_S = 300;
/** To find out which hop failed. */
const AFTER_CANARY_MS = 15_000;
const FUNCTION_TIMEOUT_S = 60;

/** What was found, and how the canary flew, where there was one. */
interface Seen {
  readonly findings: readonly Finding[];
  readonly canary?: Followed;
}

const print = async (target: object, { findings, canary }: Seen, options: DoctorOptions): Promise<void> => {
  const stdout = outputTo(process.stdout);
  if (options.json === true) {
    const more = canary === undefined ? {} : { canary: { traceId: canary.traceId, hops: canary.hops } };
    await stdout.write(`${visibleJson(findingsJson(target, findings, more))}\n`);
    return;
  }
  const terminal = terminalOf(process.stdout);
  await stdout.write(findingsText(findings, terminal, options.quiet === true));
  if (canary !== undefined && canary.hops.length > 0) {
    const { hopsText } = await import('../doctor/canary/hops.ts');
    await stdout.write(hopsText(canary.traceId, canary.hops, terminal));
  }
  await stdout.write(summaryText(summaryOf(findings), terminal));
};

const flight = async (
  facts: Facts,
  options: DoctorOptions,
  signal: AbortSignal,
  untilMs: number,
): Promise<Followed> => {
  const [{ followCanary }, { systemClock }, { randomBytes, randomInt }] = await Promise.all([
    import('../doctor/canary/follow.ts'),
    import('../clock.ts'),
    import('node:crypto'),
  ]);
  const stderr = outputTo(process.stderr);
  return followCanary({
    facts,
    logGroup: options.logGroup?.[0] ?? '',
    chance: { hex: (bytes) => randomBytes(bytes).toString('hex'), below: (end) => randomInt(end) },
    sleep: systemClock.sleep,
    signal,
    untilMs,
    onWrite: (text) => void stderr.write(`${text}\n`),
  });
};

/** The AWS SDK is loaded for an account alone. */
const account = async (
  target: Exclude<Target, { kind: 'configuration' }>,
  options: DoctorOptions,
  signal: AbortSignal,
  untilMs: number,
): Promise<Seen> => {
  const { examineAccount } = await import('../doctor/examine-account.ts');
  const { findings, facts } = await examineAccount(target, options, signal);
  if (options.canary !== true || facts === undefined) return { findings };
  const canary = await flight(facts, options, signal, untilMs);
  return { findings: [...findings, ...canary.findings], canary };
};

/** `serverless-otlp doctor`: what is wrong, and what to do about it. Returns the exit code. */
export const doctor = async (options: DoctorOptions): Promise<number> => {
  const target = targetOf(options);
  using interruption = onInterruption();
  const seconds = options.timeout ?? (options.canary === true ? CANARY_TIMEOUT_S : TIMEOUT_S);
  const signal = AbortSignal.any([
    interruption.signal,
    AbortSignal.timeout(seconds * 1_000 + (options.canary === true ? AFTER_CANARY_MS : 0)),
  ]);
  const seen =
    target.kind === 'configuration'
      ? {
          findings: await examineConfiguration({
            configFile: options.config ?? '',
            functionMs: (options.functionTimeout ?? FUNCTION_TIMEOUT_S) * 1_000,
            connect: options.offline !== true,
            signal,
          }),
        }
      : await account(target, options, signal, Date.now() + seconds * 1_000);
  await print({ target }, seen, options);
  if (interruption.signal.aborted) return INTERRUPTED;
  return seen.findings.some(({ status }) => status === 'fail') ? 1 : 0;
};
