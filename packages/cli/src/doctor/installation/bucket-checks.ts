import type { LifecycleRuleFilter, PublicAccessBlockConfiguration } from '@aws-sdk/client-s3';
import { destinationOf, parseLetterKey } from '@serverless-otlp/forwarder';
import type { Aws } from '../aws/calls.ts';
import { ifThere } from '../aws/named.ts';
import { type Check, fail, type Finding, pass, skipped, warn } from '../check.ts';
import { type Facts, bucketOf } from './facts.ts';
import { eachOf, listed, once } from './pages.ts';

interface Place {
  readonly aws: Aws;
  readonly bucket: string;
  readonly prefix: string;
  readonly account: string;
  readonly now: () => number;
}

const exists = async ({ aws, bucket, account }: Place): Promise<readonly Finding[]> => {
  const found = await ifThere(aws('s3:HeadBucket', { Bucket: bucket, ExpectedBucketOwner: account }));
  return [
    found === undefined
      ? fail('bucket-exists', 'there is none of this name', bucket)
      : pass('bucket-exists', 'there', bucket),
  ];
};

const encryption = async ({ aws, bucket }: Place): Promise<readonly Finding[]> => {
  const answer = await ifThere(aws('s3:GetBucketEncryption', { Bucket: bucket }));
  const rules = answer?.ServerSideEncryptionConfiguration?.Rules ?? [];
  const [algorithm] = rules.flatMap((rule) => rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? []);
  return [
    algorithm === undefined
      ? fail('bucket-encryption', 'no default encryption', bucket)
      : pass('bucket-encryption', algorithm, bucket),
  ];
};

const BLOCKS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;

const publicAccess = async ({ aws, bucket }: Place): Promise<readonly Finding[]> => {
  const answer = await ifThere(aws('s3:GetPublicAccessBlock', { Bucket: bucket }));
  const block: PublicAccessBlockConfiguration = answer?.PublicAccessBlockConfiguration ?? {};
  const open = BLOCKS.filter((name) => block[name] !== true);
  return [
    open.length === 0
      ? pass('bucket-public', 'all public access is blocked', bucket)
      : fail('bucket-public', `not blocked: ${open.join(', ')}`, bucket),
  ];
};

/** Old rules have their prefix outside of the filter. */
interface Rule {
  readonly Filter?: LifecycleRuleFilter | undefined;
  readonly Prefix?: string | undefined;
}

const prefixOf = ({ Filter, Prefix }: Rule): string | undefined => {
  // A rule for tags or sizes removes some objects only.
  if (Filter?.Tag !== undefined || Filter?.And?.Tags !== undefined) return undefined;
  return Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? '';
};

/** The redrive gives up after 14 days (`max_age_hours`); nothing may go before. */
const LEAST_DAYS = 15;

const lifecycle = async ({ aws, bucket, prefix }: Place): Promise<readonly Finding[]> => {
  const answer = await ifThere(aws('s3:GetBucketLifecycleConfiguration', { Bucket: bucket }));
  const rules = (answer?.Rules ?? []).flatMap((rule) => {
    const own = prefixOf(rule);
    const days = rule.Expiration?.Days;
    return rule.Status === 'Enabled' && own !== undefined && days !== undefined ? [{ prefix: own, days }] : [];
  });
  const endOf = (key: string): number =>
    Math.min(...rules.filter((rule) => key.startsWith(rule.prefix)).map(({ days }) => days));
  const early = [`${prefix}pending/x`, 'aws/lambda/async/x'].filter((key) => endOf(key) < LEAST_DAYS);
  if (early.length > 0)
    return early.map((key) =>
      fail('bucket-lifecycle', `${key.slice(0, -1)} ends after ${endOf(key)} days: what waits is removed`, bucket),
    );
  const endless = [`${prefix}quarantine/x`, `${prefix}expired/x`].filter((key) => endOf(key) === Infinity);
  if (endless.length > 0)
    return [warn('bucket-lifecycle', `${endless.map((key) => key.slice(0, -1)).join(' and ')} never end`, bucket)];
  return [pass('bucket-lifecycle', 'as it should be', bucket)];
};

const MAX_FOLDERS = 200;

const foldersBelow = async ({ aws, bucket }: Place, below: string): Promise<readonly string[]> => {
  const { items } = await listed(async (token) => {
    const answer = await aws('s3:ListObjectsV2', {
      Bucket: bucket,
      Prefix: below,
      Delimiter: '/',
      ...(token === undefined ? {} : { ContinuationToken: token }),
    });
    return { items: answer.CommonPrefixes ?? [], next: answer.NextContinuationToken };
  }, MAX_FOLDERS);
  return items.flatMap(({ Prefix }) => Prefix ?? []);
};

/** Nothing waits longer when all is well: the alarm rings at the same age. */
const MAX_AGE_S = 900;

const ageText = (seconds: number): string =>
  seconds < 7_200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3_600)} hours`;

/** The oldest letter of each destination: keys sort by age. */
const pendingAge = async (place: Place): Promise<readonly Finding[]> => {
  const { aws, bucket, prefix, now } = place;
  const destinations = await foldersBelow(place, `${prefix}pending/`);
  const oldest = await eachOf(destinations, async (folder): Promise<readonly Finding[]> => {
    const signals = await foldersBelow(place, folder);
    const firsts = await eachOf(signals, (Prefix) => aws('s3:ListObjectsV2', { Bucket: bucket, Prefix, MaxKeys: 1 }));
    const times = firsts.flatMap(
      ({ Contents: [first] = [] }) => parseLetterKey((first?.Key ?? '').slice(prefix.length))?.timeMs ?? [],
    );
    if (times.length === 0) return [];
    const seconds = (now() - Math.min(...times)) / 1_000;
    const name = destinationOf(folder.slice(`${prefix}pending/`.length, -1)) ?? folder;
    return [(seconds > MAX_AGE_S ? fail : pass)('pending-age', `the oldest is ${ageText(seconds)} old`, name)];
  });
  const findings = oldest.flat();
  return findings.length === 0 ? [pass('pending-age', 'nothing waits', bucket)] : findings;
};

const quarantine = async ({ aws, bucket, prefix }: Place): Promise<readonly Finding[]> => {
  const { KeyCount = 0, IsTruncated } = await aws('s3:ListObjectsV2', {
    Bucket: bucket,
    Prefix: `${prefix}quarantine/`,
  });
  return [
    KeyCount === 0
      ? pass('quarantine-empty', 'nothing', bucket)
      : warn('quarantine-empty', `${KeyCount}${IsTruncated === true ? ' or more' : ''} objects`, bucket),
  ];
};

const LOOKS = {
  'bucket-encryption': encryption,
  'bucket-public': publicAccess,
  'bucket-lifecycle': lifecycle,
  'pending-age': pendingAge,
  'quarantine-empty': quarantine,
} as const;

/** The dead-letter bucket, and what is in it. */
export const bucketChecks = (facts: Facts): readonly Check[] => {
  const found = bucketOf(facts);
  const ids = Object.keys(LOOKS) as (keyof typeof LOOKS)[];
  if (found === undefined) {
    const why = 'no bucket is configured, as far as it can be seen';
    const all = (['bucket-exists', ...ids] as const).map((id) => skipped(id, why));
    return [{ ids: ['bucket-exists', ...ids], run: () => Promise.resolve(all) }];
  }
  const place = { ...facts, ...found };
  const existing = once(() => exists(place));
  return [
    { ids: ['bucket-exists'], run: existing },
    ...ids.map((id) => ({
      ids: [id],
      run: async () => {
        const seen = await existing().catch(() => []);
        const isGone = seen.some(({ status }) => status === 'fail');
        return isGone ? [skipped(id, 'there is no bucket')] : LOOKS[id](place);
      },
    })),
  ];
};
