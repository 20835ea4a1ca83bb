import { existsSync } from 'node:fs';
import { awsCredentials } from '../../auth/aws-credentials.ts';
import type { CredentialsProvider } from '../../auth/sign.ts';
import type { Environment } from '../endpoint.ts';
import type { Scheme } from './reference.ts';
import { secretsManager } from './secrets-manager.ts';
import type { ValueSource } from './source.ts';

/** Credentials of the same variables are found once. */
const CREDENTIALS = new WeakMap<Environment, CredentialsProvider>();

/** The credentials of these variables, for everything that is read with them. */
export const credentialsOf = (env: Environment): CredentialsProvider => {
  const known = CREDENTIALS.get(env) ?? awsCredentials(env);
  CREDENTIALS.set(env, known);
  return known;
};

const directSource = async (scheme: Scheme | 's3', env: Environment): Promise<ValueSource> => {
  const options = { env, credentials: credentialsOf(env) };
  switch (scheme) {
    case 'secretsmanager':
      return secretsManager(options);
    case 'ssm':
      return (await import('./parameter-store.ts')).parameterStore(options);
    case 's3':
      return (await import('./s3-object.ts')).s3Object(options);
  }
};

/** Where Lambda unpacks the AWS Parameters and Secrets extension of a layer. */
const EXTENSION = '/opt/extensions/AWSParametersAndSecretsLambdaExtension';

/** Where the values of each scheme are read, with the credentials of these variables; each is opened once, when it is first needed. */
export const sourcesOf = (env: Environment): ((scheme: Scheme | 's3') => Promise<ValueSource>) => {
  const open = async (scheme: Scheme | 's3'): Promise<ValueSource> => {
    const direct = await directSource(scheme, env);
    if (scheme === 's3' || !existsSync(EXTENSION)) return direct;
    const { preferExtension, secretsExtension } = await import('./secrets-extension.ts');
    // The first reading, while the environment starts, is a fresh one: it leaves the extension alone.
    return preferExtension(direct, secretsExtension({ env, of: scheme }), { initialising: () => false });
  };
  const opened = new Map<Scheme | 's3', Promise<ValueSource>>();
  return (scheme) => {
    const source = opened.get(scheme) ?? open(scheme);
    opened.set(scheme, source);
    return source;
  };
};
