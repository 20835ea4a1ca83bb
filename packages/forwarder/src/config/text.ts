import { ConfigError } from './config-error.ts';
import { parseReference } from './values/reference.ts';
import type { Found } from './values/source.ts';
import type { sourcesOf } from './values/sources.ts';

/** As long as the values it refers to may take. */
const TIMEOUT_MS = 3_000;

const FORMS = 'ssm:NAME, secretsmanager:NAME or s3://BUCKET/KEY';

const found = async (address: string, sourceOf: ReturnType<typeof sourcesOf>): Promise<Found> => {
  const reference = parseReference(`\${${address}}`);
  const [scheme, name] = address.startsWith('s3://')
    ? (['s3', address] as const)
    : ([reference?.scheme, reference?.name] as const);
  if (scheme === undefined || name === undefined || reference?.key !== undefined)
    return { problem: `is no place of a configuration: it is ${FORMS}`, permanent: true };
  const source = await sourceOf(scheme);
  return (
    (await source.read([name], TIMEOUT_MS, { fresh: true })).get(name) ?? {
      problem: 'cannot be read',
      permanent: false,
    }
  );
};

/**
 * The text of a configuration that is kept in Systems Manager, Secrets Manager or S3.
 *
 * @param address `ssm:NAME`, `secretsmanager:NAME-OR-ARN` or `s3://BUCKET/KEY`.
 * @throws {ConfigError} when it cannot be read.
 */
export const remoteText = async (address: string, sourceOf: ReturnType<typeof sourcesOf>): Promise<string> => {
  const text = await found(address, sourceOf);
  if ('value' in text) return text.value;
  throw new ConfigError([{ path: address, message: text.problem, passing: !text.permanent }]);
};
