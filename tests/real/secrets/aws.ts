import { ACCOUNT, type AwsEmulator, sendToEmulator } from '../aws-emulator.ts';

/** Whoever asks the emulator, which takes any credentials unless {@link enforce} says otherwise. */
export interface Caller {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Calls an action of a service that speaks AWS JSON 1.1, as whoever sets a test up. */
export const ask = async (
  { endpoint }: AwsEmulator,
  target: string,
  input: object,
  region = 'us-east-1',
): Promise<Readonly<Record<string, unknown>>> => {
  const service = target.startsWith('AmazonSSM') ? 'ssm' : 'secretsmanager';
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  const text = await sendToEmulator(
    endpoint,
    { service, region },
    { method: 'POST', headers, body: JSON.stringify(input) },
  );
  return text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
};

/** Calls an action of a service that speaks the query protocol; resolves to its XML. */
const query = (
  { endpoint }: AwsEmulator,
  service: 'iam' | 'sts',
  input: Readonly<Record<string, string>>,
): Promise<string> =>
  sendToEmulator(endpoint, { service, region: 'us-east-1' }, { method: 'POST', body: new URLSearchParams(input) });

const valueOf = (xml: string, name: string): string => {
  const [, value] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? [];
  if (value === undefined) throw new Error(`no ${name} in ${xml}`);
  return value;
};

const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' }] };

/** A role that may do this and nothing else, taken on: keys with a session token, from STS. */
export const assume = async (
  emulator: AwsEmulator,
  RoleName: string,
  statements: readonly object[],
): Promise<Caller> => {
  await query(emulator, 'iam', { Action: 'CreateRole', RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) });
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  await query(emulator, 'iam', { Action: 'PutRolePolicy', RoleName, PolicyName: 'p', PolicyDocument });
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;
  const xml = await query(emulator, 'sts', { Action: 'AssumeRole', RoleArn, RoleSessionName: 's' });
  return {
    accessKeyId: valueOf(xml, 'AccessKeyId'),
    secretAccessKey: valueOf(xml, 'SecretAccessKey'),
    sessionToken: valueOf(xml, 'SessionToken'),
  };
};

/** While this runs the emulator verifies every signature, with botocore's signer, and every permission. */
export const enforce = async ({ endpoint }: AwsEmulator, work: () => Promise<void>): Promise<void> => {
  const after = async (requests: string): Promise<void> => {
    const { ok } = await fetch(`${endpoint}/moto-api/reset-auth`, { method: 'POST', body: requests });
    if (!ok) throw new Error('the emulator does not know how to enforce permissions');
  };
  await after('0');
  try {
    await work();
  } finally {
    await after('inf');
  }
};
