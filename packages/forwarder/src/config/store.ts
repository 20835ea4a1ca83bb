import type { Store } from '../types.ts';
import { ConfigError } from './config-error.ts';
import { defined } from './defined.ts';
import type { DeadLetterSettings } from './settings.ts';

/** The store in settings; the code of that kind alone is loaded. */
export const storeOf = async ({ s3, folder }: DeadLetterSettings): Promise<Store> => {
  if (folder !== undefined) return (await import('../dead-letter/folder-store.ts')).folderStore(folder);
  if (s3 === undefined) throw new ConfigError([{ path: 'dead_letter', message: 'needs exactly one of s3 and folder' }]);
  const { bucket, prefix, region, endpoint } = s3;
  return (await import('../dead-letter/s3-store.ts')).s3Store(
    defined({
      bucket,
      prefix,
      region,
      endpoint,
      forcePathStyle: s3.force_path_style,
      kmsKeyId: s3.kms_key_id,
      expectedBucketOwner: s3.expected_bucket_owner,
    }),
  );
};

/**
 * The store that a variable names: `s3://bucket/prefix`, or the path of a folder.
 *
 * @throws {ConfigError}
 */
export const deadLetterSettings = (text: string, variable: string): DeadLetterSettings => {
  const [, bucket, prefix] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text) ?? [];
  if (bucket !== undefined) return { s3: { bucket, ...(prefix === undefined || prefix === '' ? {} : { prefix }) } };
  if (/^[a-z][a-z0-9+.-]+:/i.test(text))
    throw new ConfigError([{ path: variable, message: 'must be s3://bucket/prefix, or the path of a folder' }]);
  return { folder: { path: text } };
};
