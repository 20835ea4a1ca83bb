import { existsSync } from 'node:fs';
import { httpTransport } from '../../http/transport.ts';
import type { Environment } from '../endpoint.ts';
import { parseSecretId, textOfSecret } from './secrets-manager-id.ts';
import type { Found, ValueSource } from './source.ts';

/** Where Lambda unpacks the extension of the layer. */
const BINARY = '/opt/extensions/AWSParametersAndSecretsLambdaExtension';
const DEFAULT_PORT = '2773';
const MAX_ANSWER_BYTES = 512 * 1024;
/** As many as it makes to AWS itself, unless told otherwise. */
const CONCURRENCY = 3;

/** How {@link secretsExtension} finds the extension. */
export interface SecretsExtensionOptions {
  readonly env: Environment;
  /** Whose values are read. */
  readonly of: 'secretsmanager' | 'ssm';
  /** Whether a file is there. */
  readonly exists?: (path: string) => boolean;
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65_536;

const fieldsOf = (body: Uint8Array): Readonly<Record<string, unknown>> => {
  const parsed: unknown = JSON.parse(Buffer.from(body).toString());
  return typeof parsed === 'object' && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : {};
};

const textOfParameter = ({ Parameter: parameter }: Readonly<Record<string, unknown>>): Found => {
  const { Value: value } = (parameter ?? {}) as Readonly<Record<string, unknown>>;
  return typeof value === 'string' ? { value } : { problem: 'has no value', permanent: false };
};

/**
 * Values through the AWS Parameters and Secrets Lambda Extension, which keeps them for five minutes and cannot be told to forget
 * one; `undefined` where it is not. Looks for a file and two variables, and asks nobody.
 *
 * Source: docs.aws.amazon.com, Systems Manager user guide, "Using Parameter Store parameters in AWS Lambda functions", and Lambda
 * developer guide, "Use Secrets Manager secrets in Lambda functions"; read on 2026-11-21.
 */
export const secretsExtension = ({
  env,
  of,
  exists = existsSync,
}: SecretsExtensionOptions): ValueSource | undefined => {
  const token = env['AWS_SESSION_TOKEN'] ?? '';
  const given = env['PARAMETERS_SECRETS_EXTENSION_HTTP_PORT'] ?? '';
  const port = given === '' ? DEFAULT_PORT : given;
  if (token === '' || !isPort(port) || !exists(BINARY)) return undefined;
  const transport = httpTransport({ concurrency: CONCURRENCY, maxResponseBytes: MAX_ANSWER_BYTES });
  const headers = { 'x-aws-parameters-secrets-token': token };

  const urlOf = (name: string): URL =>
    new URL(
      of === 'secretsmanager'
        ? `http://localhost:${port}/secretsmanager/get?secretId=${encodeURIComponent(name)}`
        : `http://localhost:${port}/systemsmanager/parameters/get?name=${encodeURIComponent(name)}&withDecryption=true`,
    );

  const readOne = async (name: string, timeoutMs: number): Promise<Found> => {
    // It asks in its own Region alone.
    const region = of === 'secretsmanager' ? parseSecretId(name)?.region : /^arn:[^:]*:ssm:([^:]*):/.exec(name)?.[1];
    if (region !== undefined && region !== env['AWS_REGION'])
      return { problem: 'lies in another Region', permanent: true };
    const answer = await transport(urlOf(name), headers, undefined, timeoutMs);
    const problem = (why: string): Found => ({
      problem: `cannot be read from the extension: ${why}`,
      permanent: false,
    });
    if ('failure' in answer) return problem(answer.message);
    if (answer.status !== 200 || typeof answer.body === 'string') return problem(`status ${answer.status}`);
    try {
      const fields = fieldsOf(answer.body);
      return of === 'secretsmanager' ? textOfSecret(fields) : textOfParameter(fields);
    } catch {
      return problem('no JSON');
    }
  };

  return {
    read: async (names, timeoutMs) => {
      const wanted = [...new Set(names)];
      return new Map(await Promise.all(wanted.map(async (name) => [name, await readOne(name, timeoutMs)] as const)));
    },
  };
};

/** As long as it may keep a value. */
const KEPT_MS = 300_000;

/** When {@link preferExtension} leaves the extension alone. */
export interface PreferExtensionOptions {
  /** Whether the environment is still starting: until the first invocation the extension answers nobody. */
  readonly initialising: () => boolean;
  /** Milliseconds of a clock that never jumps. */
  readonly clock?: () => number;
  /** Epoch milliseconds: of a clock that goes on while the environment is frozen. */
  readonly now?: () => number;
}

/**
 * Asks the extension first, and directly for what it does not tell, within the same time. It is not asked while the environment
 * starts, nor for what has to be `fresh`, such as a key that was just refused; nor for that key while it may still keep the old one.
 */
export const preferExtension = (
  direct: ValueSource,
  extension: ValueSource | undefined,
  { initialising, clock = () => performance.now(), now = Date.now }: PreferExtensionOptions,
): ValueSource => {
  /** When each was last read past it. */
  const passedMs = new Map<string, number>();
  return {
    read: async (names, timeoutMs, { fresh = false } = {}) => {
      if (fresh) for (const name of names) passedMs.set(name, now());
      if (extension === undefined || fresh || initialising()) return direct.read(names, timeoutMs);
      const endMs = clock() + timeoutMs;
      const known = names.filter((name) => now() - (passedMs.get(name) ?? -Infinity) >= KEPT_MS);
      const told = await extension.read(known, timeoutMs / 2);
      const untold = names.filter((name) => !('value' in (told.get(name) ?? {})));
      if (untold.length === 0) return told;
      return new Map([...told, ...(await direct.read(untold, Math.max(1, endMs - clock())))]);
    },
  };
};
