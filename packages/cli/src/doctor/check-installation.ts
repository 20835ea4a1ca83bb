import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { Environment } from '@serverless-otlp/forwarder/config';
import type { Aws } from './aws/calls.ts';
import { accountIn } from './aws/arn.ts';
import { inTime } from './aws/in-time.ts';
import { ifThere, named } from './aws/named.ts';
import { type Check, fail, type Finding, pass } from './check.ts';
import { configurationChecks } from './configuration/configuration-checks.ts';
import { nodeVersion } from './configuration/settings-checks.ts';
import { alarmChecks } from './installation/alarm-checks.ts';
import { bucketChecks } from './installation/bucket-checks.ts';
import { configurationOf } from './installation/configuration.ts';
import { type Facts, factsOf, type Names } from './installation/facts.ts';
import { functionChecks } from './installation/function-checks.ts';
import { permissionChecks } from './installation/permission-checks.ts';
import { redriveChecks } from './installation/redrive-checks.ts';
import { reportChecks } from './installation/report-checks.ts';
import { roleChecks } from './installation/role-checks.ts';
import { subscriptionChecks } from './installation/subscription-checks.ts';
import { reasonOf } from './reason.ts';
import { inOrder, runChecks } from './run-checks.ts';

/** What {@link checkInstallation} has to know besides AWS and names. */
export interface InstallationOptions {
  readonly region: string;
  /** The variables of a function, with what of our own environment leads to AWS. */
  readonly environmentOf: (variables: Environment, region: string) => Environment;
  readonly signal: AbortSignal;
  /** Whether destinations are connected to; default `true`. */
  readonly connect?: boolean;
  /** Configuration file that lies in the package of the function. */
  readonly configFile?: string | undefined;
  readonly now?: () => number;
}

/** What was found, and the facts for whoever goes on; none when there is no forwarder to look at. */
export interface Installation {
  readonly findings: readonly Finding[];
  readonly facts?: Facts;
}

const accountOf = async (
  aws: Aws,
  functionName: string,
): Promise<{ readonly account: string; readonly finding: Finding }> => {
  try {
    const { Account: account = '', Arn: arn = '' } = await aws('sts:GetCallerIdentity', {});
    const other = accountIn(functionName);
    if (other === undefined || other === account) return { account, finding: pass('account', arn) };
    return { account, finding: fail('account', `the function is in account ${other}, and you are ${arn}`) };
  } catch (error) {
    return { account: '', finding: fail('account', reasonOf(error)) };
  }
};

const MISSING_MS = 3_000;

const allChecks = (facts: Facts): readonly Check[] => [
  ...functionChecks(facts),
  ...subscriptionChecks(facts),
  ...permissionChecks(facts),
  ...bucketChecks(facts),
  ...roleChecks(facts),
  ...redriveChecks(facts),
  ...alarmChecks(facts),
  ...reportChecks(facts),
];

/** The forwarder; or why there is nothing to look at. */
const forwarderOf = async (aws: Aws, name: string): Promise<FunctionConfiguration | Finding> => {
  try {
    const found = await ifThere(aws('lambda:GetFunctionConfiguration', { FunctionName: name }));
    return found ?? fail('function-state', 'there is no such function', name);
  } catch (error) {
    // Nothing at all can be looked at: that is no success.
    return fail('function-state', reasonOf(error), name);
  }
};

/**
 * Everything that can be read of an installation: the function and how it is subscribed, its configuration and destinations, dead
 * letters, redrive, alarms and reports. Reads only; never rejects.
 */
export const checkInstallation = async (
  calls: Aws,
  names: Names,
  options: InstallationOptions,
): Promise<Installation> => {
  const { region, environmentOf, signal, connect = true, configFile, now = Date.now } = options;
  const aws = named(inTime(calls, signal));
  const { account, finding } = await accountOf(aws, names.forwarder);
  const first = [nodeVersion(), finding];
  if (finding.status === 'fail') return { findings: inOrder(first) };
  const forwarder = await forwarderOf(aws, names.forwarder);
  if ('evidence' in forwarder) return { findings: inOrder([...first, forwarder]) };

  const env = environmentOf(forwarder.Environment?.Variables ?? {}, region);
  const { config, findings } = await configurationOf(forwarder, env, configFile);
  const arn = (forwarder.FunctionArn ?? '').replace(/^((?:[^:]*:){6}[^:]*).*$/, '$1');
  const facts = factsOf({ aws, names, account, region, forwarder, arn, config, now });
  const isPrivate = (forwarder.VpcConfig?.SubnetIds ?? []).length > 0;
  const settings =
    config === undefined
      ? []
      : configurationChecks(config, {
          connect,
          now,
          functionMs: forwarder.Timeout === undefined ? MISSING_MS : forwarder.Timeout * 1_000,
          elsewhere: isPrivate ? 'the function is in a VPC' : undefined,
        });
  const told = await runChecks([...settings, ...allChecks(facts)], { signal });
  return { findings: inOrder([...first, ...findings, ...told]), facts };
};
