import { terminalOf, visibleJson } from '@serverless-otlp/dev-server';
import { type DoctorOptions, type Target, targetOf } from '../doctor/arguments.ts';
import type { Finding } from '../doctor/check.ts';
import { examineConfiguration } from '../doctor/examine-configuration.ts';
import { findingsJson, findingsText, summaryOf, summaryText } from '../doctor/print.ts';
import { onInterruption } from '../interruption.ts';
import { outputTo } from '../output.ts';

const INTERRUPTED = 130;
const TIMEOUT_S = 60;
const FUNCTION_TIMEOUT_S = 60;

const print = async (target: object, findings: readonly Finding[], options: DoctorOptions): Promise<void> => {
  const stdout = outputTo(process.stdout);
  if (options.json === true) {
    await stdout.write(`${visibleJson(findingsJson(target, findings))}\n`);
    return;
  }
  const terminal = terminalOf(process.stdout);
  await stdout.write(findingsText(findings, terminal, options.quiet === true));
  await stdout.write(summaryText(summaryOf(findings), terminal));
};

/** The AWS SDK is loaded for an account alone. */
const account = async (
  target: Exclude<Target, { kind: 'configuration' }>,
  options: DoctorOptions,
  signal: AbortSignal,
): Promise<readonly Finding[]> => {
  const { examineAccount } = await import('../doctor/examine-account.ts');
  return (await examineAccount(target, options, signal)).findings;
};

/** `serverless-otlp doctor`: what is wrong, and what to do about it. Returns the exit code. */
export const doctor = async (options: DoctorOptions): Promise<number> => {
  const target = targetOf(options);
  using interruption = onInterruption();
  const ending = AbortSignal.timeout((options.timeout ?? TIMEOUT_S) * 1_000);
  const signal = AbortSignal.any([interruption.signal, ending]);
  const findings =
    target.kind === 'configuration'
      ? await examineConfiguration({
          configFile: options.config ?? '',
          functionMs: (options.functionTimeout ?? FUNCTION_TIMEOUT_S) * 1_000,
          connect: options.offline !== true,
          signal,
        })
      : await account(target, options, signal);
  await print({ target }, findings, options);
  if (interruption.signal.aborted) return INTERRUPTED;
  return findings.some(({ status }) => status === 'fail') ? 1 : 0;
};
