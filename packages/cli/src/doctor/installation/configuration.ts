import type { EnvironmentError, FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { Environment } from '@serverless-otlp/forwarder/config';
import { type Finding, skipped, warn } from '../check.ts';
import { loaded, type Loaded } from '../configuration/loaded.ts';
import { plainSecrets } from '../configuration/settings-checks.ts';
import { reasonOf } from '../reason.ts';

/** Kept elsewhere than in the package of the function. */
const REMOTE = /^(?:ssm|secretsmanager|s3):/;

const LOCAL = 'config-valid';

/** What of the variables can hold a credential. */
const CREDENTIALS = /^OTEL_EXPORTER_OTLP_(?:\w+_)?(?:HEADERS|ENDPOINT)$/;

const plainIn = (variables: Environment): readonly Finding[] =>
  Object.entries(variables)
    .filter(([name, value]) => CREDENTIALS.test(name) && value !== undefined)
    .flatMap(([name, value]) => plainSecrets(value ?? '', `variable ${name}`));

/** Variables under a key of one's own, which Lambda decrypts with the permissions of whoever looks. */
const hiddenText = ({ ErrorCode = 'no reason given' }: EnvironmentError): string =>
  `Lambda does not show the variables of the function (${ErrorCode}): it needs permission kms:Decrypt`;

/** Whoever put the configuration itself where its path belongs finds it in no output. */
const placeOf = (path: string): string => (/^[\w./\\: @+-]{1,255}$/.test(path) ? path : 'the configuration');

/** Certificates lie in the package, too: that they are not here says nothing. */
const notHere = (finding: Finding): Finding =>
  finding.status === 'fail' && finding.evidence.includes('the file cannot be read: ENOENT')
    ? warn(finding.id, `${finding.evidence} here; it may be in the package of the function`, finding.subject)
    : finding;

/**
 * The configuration of a function, read as the function reads it, but with the credentials of whoever looks. A file that lies in the
 * package cannot be seen from here.
 *
 * @param env the variables of the function, and what of our own leads to AWS.
 */
export const configurationOf = async (
  { Environment: { Variables = {}, Error: hidden } = {} }: FunctionConfiguration,
  env: Environment,
  configFile: string | undefined,
): Promise<Loaded> => {
  if (hidden !== undefined) return { findings: [skipped(LOCAL, hiddenText(hidden))] };
  const plain = plainIn(Variables);
  const named = Variables['OTLP_FORWARDER_CONFIG'] ?? '';
  if (configFile === undefined && named !== '' && !REMOTE.test(named))
    return {
      findings: [
        ...plain,
        skipped(LOCAL, `${placeOf(named)} lies in the package of the function: give the file with --config`),
      ],
    };
  try {
    const { config, findings } = await loaded({ env, ...(configFile === undefined ? {} : { configFile }) });
    return { findings: [...plain, ...findings.map(notHere)], ...(config === undefined ? {} : { config }) };
  } catch (error) {
    return { findings: [...plain, skipped(LOCAL, reasonOf(error))] };
  }
};
