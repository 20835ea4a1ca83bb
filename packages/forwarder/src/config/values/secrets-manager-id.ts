import { isRegion, partitionOf } from './aws-json-endpoint.ts';
import type { Found } from './source.ts';

/** A name of a secret, or its ARN taken apart. */
export interface SecretId {
  readonly id: string;
  /** Where it is, when the ARN says so. */
  readonly region?: string;
}

/** Source: CreateSecret, `Name`; secrets that services manage have an exclamation mark in it. */
const NAME = /^[A-Za-z0-9/_+=.@!-]{1,512}$/;
const ARN = /^arn:(aws[a-z-]*):secretsmanager:([a-z0-9-]{1,30}):\d{12}:secret:([A-Za-z0-9/_+=.@!-]{1,512})$/;

/** `undefined` for what is neither a name nor an ARN of a secret: a part of it becomes a host. */
export const parseSecretId = (text: string): SecretId | undefined => {
  if (NAME.test(text)) return { id: text };
  const [, partition, region] = ARN.exec(text) ?? [];
  if (region === undefined || !isRegion(region) || partition !== partitionOf(region)) return undefined;
  return { id: text, region };
};

/** What an answer with a secret holds: its text. */
export const textOfSecret = ({ SecretString: text }: Readonly<Record<string, unknown>>): Found =>
  typeof text === 'string'
    ? { value: text }
    : { problem: 'is binary: store it as text (SecretString) instead', permanent: true };
