import { environmentOfFunction } from '../config/doctor.ts';
import { UsageError } from '../usage-error.ts';
import type { DoctorOptions, Target } from './arguments.ts';
import { regionIn, shortName } from './aws/arn.ts';
import { inTime } from './aws/in-time.ts';
import { named } from './aws/named.ts';
import { realAws } from './aws/real-aws.ts';
import { fail, type Finding, pass } from './check.ts';
import { checkInstallation, type Installation } from './check-installation.ts';
import { functionsOfStack } from './installation/stack.ts';
import { CallFailed, reasonOf } from './reason.ts';

type Names = { readonly forwarder: string; readonly redrive?: string };

const regionOf = async (region: () => Promise<string>): Promise<string> => {
  try {
    return await region();
  } catch {
    throw new UsageError('no AWS Region is set. Give --region, or set AWS_REGION.');
  }
};

/** Looks at what is installed: the functions of a stack, or one function and its redrive. */
export const examineAccount = async (
  target: Exclude<Target, { kind: 'configuration' }>,
  options: DoctorOptions,
  signal: AbortSignal,
): Promise<Installation> => {
  const subject = target.kind === 'stack' ? target.stack : target.name;
  const { aws, region: askRegion } = realAws(options.region ?? regionIn(subject));
  const region = await regionOf(askRegion);
  const found: Finding[] = [];
  let names: Names;
  if (target.kind === 'function') names = { forwarder: target.name };
  else {
    const { stack } = target;
    try {
      const functions = await functionsOfStack(named(inTime(aws, signal)), stack);
      if (functions?.forwarder === undefined) {
        const why =
          functions === undefined ? `there is no such stack in ${region}` : 'none of its functions is a forwarder';
        return { findings: [fail('stack', why, stack)] };
      }
      names = {
        forwarder: functions.forwarder,
        ...(functions.redrive === undefined ? {} : { redrive: functions.redrive }),
      };
      found.push(pass('stack', `function ${functions.forwarder}`, stack));
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      if (error.kind === 'credentials') return { findings: [fail('account', reasonOf(error))] };
      return { findings: [fail('stack', `could not look for it: ${error.message}`, stack)] };
    }
  }
  const installation = await checkInstallation(
    aws,
    {
      forwarder: names.forwarder,
      redrive: options.redriveFunction ?? names.redrive ?? `${shortName(names.forwarder)}-redrive`,
      ...(options.producer === undefined ? {} : { producers: options.producer }),
      ...(options.logGroup === undefined ? {} : { logGroups: options.logGroup }),
    },
    {
      region,
      environmentOf: environmentOfFunction,
      signal,
      connect: options.offline !== true,
      configFile: options.config,
    },
  );
  return { ...installation, findings: [...found, ...installation.findings] };
};
