import { partitionOf, regionOf } from './aws-json-endpoint.ts';
import { type AwsSourceOptions, jsonCaller } from './aws-json.ts';
import { parseSecretId, textOfSecret } from './secrets-manager-id.ts';
import type { Found, ValueSource } from './source.ts';

/** 64 KiB, and six bytes in JSON for each of them at worst. Source: "Quotas", Secrets Manager user guide. */
const MAX_ANSWER_BYTES = 512 * 1024;

/**
 * Secrets of Secrets Manager by name or ARN; the ARN says in which Region. One GetSecretValue each, side by side over a few
 * connections. Needs `secretsmanager:GetSecretValue`, and `kms:Decrypt` for keys of one's own.
 *
 * @example secretsManager({ credentials, env: process.env }).read(['collector/key'], 3000)
 */
export const secretsManager = (options: AwsSourceOptions): ValueSource => {
  const { env, clock = () => performance.now() } = options;
  const call = jsonCaller('secretsmanager', 'secretsmanager', { maxAnswerBytes: MAX_ANSWER_BYTES, ...options });
  const home = regionOf(env, options.region);

  const readOne = async (name: string, endMs: number): Promise<Found> => {
    const secret = parseSecretId(name);
    if (secret === undefined) return { problem: 'is neither the name nor the ARN of a secret', permanent: true };
    const place = secret.region === undefined ? home : { region: secret.region };
    if ('problem' in place) return { problem: place.problem, permanent: true };
    const { region } = place;
    const reply = await call('GetSecretValue', { SecretId: secret.id }, region, endMs);
    if ('fields' in reply) return textOfSecret(reply.fields);
    const resource =
      secret.region === undefined
        ? `arn:${partitionOf(region)}:secretsmanager:${region}:*:secret:${secret.id}-*`
        : secret.id;
    const { problemOf } = await import('./aws-json-failure.ts');
    return problemOf(reply.failure, { ...reply.asked, action: 'secretsmanager:GetSecretValue', resource });
  };

  return {
    read: async (names, timeoutMs) => {
      const endMs = clock() + timeoutMs;
      const wanted = [...new Set(names)];
      return new Map(await Promise.all(wanted.map(async (name) => [name, await readOne(name, endMs)] as const)));
    },
  };
};
