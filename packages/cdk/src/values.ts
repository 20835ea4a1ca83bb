import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';

/** What is needed of a secret: a `Secret`, made or imported. */
export interface SecretLike {
  readonly secretArn: string;
  readonly secretFullArn?: string | undefined;
  readonly encryptionKey?: IKey | undefined;
}

/** A value that the forwarder reads itself, and reads again when it changes. It is in no template and in no variable. */
export interface Value {
  /** As the configuration refers to it. */
  readonly text: string;
  readonly secret?: SecretLike;
  readonly parameter?: IParameter;
}

/**
 * Text of the configuration: what is no secret as it is, what is one as a {@link Value}, or as `${secretsmanager:NAME#KEY}` or
 * `${ssm:NAME}`.
 */
export type Text = string | Value;

/** How {@link secretValue} and {@link parameterValue} refer. */
export interface ValueOptions {
  /** Of the JSON object that the value is. Default: the whole value. */
  readonly key?: string;
  /** What stands before it, such as `Bearer `. */
  readonly before?: string;
}

const textOf = (scheme: 'secretsmanager' | 'ssm', name: string, { key, before = '' }: ValueOptions): string =>
  `${before}\${${scheme}:${name}${key === undefined ? '' : `#${key}`}}`;

/**
 * What a secret of Secrets Manager holds. Both functions may read it, and nothing else of it.
 *
 * @example
 * { endpoint: 'https://otlp.vendor.example', headers: { 'api-key': secretValue(secret, { key: 'api-key' }) } }
 */
export const secretValue = (secret: SecretLike, options: ValueOptions = {}): Value => ({
  text: textOf('secretsmanager', secret.secretArn, options),
  secret,
});

/** What a parameter of Systems Manager holds, decrypted where it is a SecureString. */
export const parameterValue = (parameter: IParameter, options: ValueOptions = {}): Value => ({
  text: textOf('ssm', parameter.parameterName, options),
  parameter,
});

/** Whether a part of the settings is a reference that was made by one of the two. */
export const isValue = (part: unknown): part is Value =>
  typeof part === 'object' && part !== null && 'text' in part && ('secret' in part || 'parameter' in part);
