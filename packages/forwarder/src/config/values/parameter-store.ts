import { isRegion, partitionOf, regionOf } from './aws-json-endpoint.ts';
import { type AwsSourceOptions, jsonCaller } from './aws-json.ts';
import { BEFORE_AN_ANSWER, problemOf } from './aws-json-failure.ts';
import type { Found, ValueSource } from './source.ts';

/** Source: PutParameter, `Name`; behind a colon a version or label. */
const NAME = /^\/?[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*(?::[A-Za-z0-9_.-]{1,100})?$/;
const ARN = /^arn:(aws[a-z-]*):ssm:([a-z0-9-]{1,30}):\d{12}:parameter(\/[A-Za-z0-9_./-]+)(?::[A-Za-z0-9_.-]{1,100})?$/;
const MAX_NAME = 2_048;

/** Where a parameter is: in the Region of its ARN, or `home`; `undefined` for what is neither a name nor an ARN. */
const placeOf = (name: string): { readonly region?: string } | undefined => {
  if (name.length > MAX_NAME) return undefined;
  if (NAME.test(name)) return {};
  const [, partition, region] = ARN.exec(name) ?? [];
  if (region === undefined || !isRegion(region) || partition !== partitionOf(region)) return undefined;
  return { region };
};

/** Of GetParameters. Source: Systems Manager API reference. */
const NAMES_PER_CALL = 10;

/** The values of an answer by each name that they can have been asked by: an emulator of AWS leaves the selector out. */
const valuesOf = ({ Parameters: list }: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> => {
  const values = new Map<string, string>();
  for (const one of Array.isArray(list) ? (list as readonly unknown[]) : []) {
    const { Value: value, ...ids } = (one ?? {}) as Readonly<Record<string, unknown>>;
    const { Name: name, ARN: arn, Selector: selector, Version: version } = ids;
    if (typeof value !== 'string') continue;
    const suffix = typeof selector === 'string' ? selector : '';
    for (const id of [name, arn].filter((given) => typeof given === 'string')) {
      values.set(`${id}${suffix}`, value);
      if (typeof version === 'number') values.set(`${id}:${version}`, value);
    }
  }
  return values;
};

const chunksOf = (names: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(names.length / NAMES_PER_CALL) }, (_, index) =>
    names.slice(index * NAMES_PER_CALL, (index + 1) * NAMES_PER_CALL),
  );

/**
 * Parameters of Systems Manager by name or ARN, with a version or label behind a colon; SecureStrings are decrypted. Ten with a
 * request. Needs `ssm:GetParameters`, and `kms:Decrypt` for keys of one's own.
 *
 * @example parameterStore({ credentials, env: process.env }).read(['/collector/key'], 3000)
 */
export const parameterStore = (options: AwsSourceOptions): ValueSource => {
  const { env, clock = () => performance.now() } = options;
  const call = jsonCaller('ssm', 'AmazonSSM', options);
  const home = regionOf(env, options.region);
  const action = 'ssm:GetParameters';
  const resourceOf = (name: string, region: string): string =>
    name.startsWith('arn:')
      ? name
      : `arn:${partitionOf(region)}:ssm:${region}:*:parameter/${name.replace(/^\//, '').replace(/:.*$/, '')}`;

  const readChunk = async (
    names: readonly string[],
    region: string,
    endMs: number,
  ): Promise<ReadonlyMap<string, Found>> => {
    const reply = await call('GetParameters', { Names: names, WithDecryption: true }, region, endMs);
    if ('fields' in reply) {
      const values = valuesOf(reply.fields);
      const missing = { code: 'ParameterNotFound', detail: '', retryable: false };
      const asked = { host: '', service: 'ssm', region, action, resource: '' };
      return new Map(
        names.map((name): [string, Found] => {
          const value = values.get(name);
          return [name, value === undefined ? problemOf(missing, asked) : { value }];
        }),
      );
    }
    const { failure, asked } = reply;
    // One that may not be read refuses all (D4).
    if (!failure.retryable && !BEFORE_AN_ANSWER.has(failure.code) && names.length > 1)
      return joined(await Promise.all(names.map((name) => readChunk([name], region, endMs))));
    return new Map(
      names.map((name) => [name, problemOf(failure, { ...asked, action, resource: resourceOf(name, region) })]),
    );
  };

  const joined = (maps: readonly ReadonlyMap<string, Found>[]): ReadonlyMap<string, Found> =>
    new Map(maps.flatMap((map) => [...map]));

  return {
    read: async (names, timeoutMs) => {
      const endMs = clock() + timeoutMs;
      const byRegion = new Map<string, string[]>();
      const found = new Map<string, Found>();
      for (const name of new Set(names)) {
        const place = placeOf(name);
        const where = place?.region === undefined ? home : { region: place.region };
        if (place === undefined)
          found.set(name, { problem: 'is neither the name nor the ARN of a parameter', permanent: true });
        else if ('problem' in where) found.set(name, { problem: where.problem, permanent: true });
        else byRegion.set(where.region, [...(byRegion.get(where.region) ?? []), name]);
      }
      const chunks = [...byRegion].flatMap(([region, all]) => chunksOf(all).map((some) => ({ region, some })));
      const read = await Promise.all(chunks.map(({ region, some }) => readChunk(some, region, endMs)));
      return joined([found, ...read]);
    },
  };
};
