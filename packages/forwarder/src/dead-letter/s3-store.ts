import type { ListObjectsV2CommandOutput, S3Client } from '@aws-sdk/client-s3';
import type { Store, StoredObject } from '../types.ts';
import { readBody } from './s3-body.ts';
import { s3Error } from './s3-error.ts';
import { baseOf, ownFolder, ownKey } from './s3-keys.ts';
import { StoreError } from './store-error.ts';
import { checkFolderPrefix, checkKey, checkPrefix, compareUtf8 } from './store-key.ts';
import { untilAborted } from './until-aborted.ts';

/** Where and how {@link s3Store} keeps objects. */
export interface S3StoreOptions {
  readonly bucket: string;
  /** Begins every key, with a slash behind it; default none. */
  readonly prefix?: string;
  /** Default: what the AWS SDK finds in variables and profiles. */
  readonly region?: string;
  /** URL of another service with the API of S3. */
  readonly endpoint?: string;
  /** Puts the bucket into the path instead of the host name, which most other services need; default false. */
  readonly forcePathStyle?: boolean;
  /** The KMS key that encrypts new objects; default: what the bucket says. */
  readonly kmsKeyId?: string;
  /** The account that must own the bucket; another owner is access denied. */
  readonly expectedBucketOwner?: string;
  /** How long a connection may be silent, in milliseconds; default 5000. */
  readonly timeoutMs?: number;
  /** How often one request is sent; default 3. */
  readonly maxAttempts?: number;
}

type Sdk = typeof import('@aws-sdk/client-s3');

interface Opened {
  readonly sdk: Sdk;
  readonly client: S3Client;
}

/** Longer than any request lasts that makes progress: even 64 MiB over a slow line. */
const CALL_TIMEOUT_MS = 120_000;
const CONNECT_TIMEOUT_MS = 1_900;
/** What DeleteObjects takes at once. */
const MAX_DELETES = 1_000;

const nothing = (): void => undefined;
/** The SDK would print its advice to where the reports go. */
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/**
 * Keeps objects in a bucket of S3. The AWS SDK is loaded with the first use, not before: a function whose destinations are healthy
 * never pays for it.
 *
 * @example s3Store({ bucket: 'my-dead-letters', prefix: 'forwarder' })
 */
export const s3Store = (options: S3StoreOptions): Store => {
  const { bucket, kmsKeyId, expectedBucketOwner, timeoutMs = 5_000, maxAttempts = 3 } = options;
  const base = baseOf(options.prefix);
  const name = `s3://${bucket}/${base}`.replace(/\/$/, '');
  const common = { Bucket: bucket, ExpectedBucketOwner: expectedBucketOwner };
  const encryption =
    kmsKeyId === undefined ? {} : ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId } as const);

  const noS3 = (verb: string): StoreError => s3Error(name, verb, new Error('something else answered'));
  /** The key as S3 knows it. */
  const full = (key: string): string => {
    checkKey(name, base + key);
    return base + key;
  };

  let opened: Promise<Opened> | undefined;
  const open = async (): Promise<Opened> => {
    const sdk = await import('@aws-sdk/client-s3');
    const { region, endpoint, forcePathStyle } = options;
    const client = new sdk.S3Client({
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(forcePathStyle === undefined ? {} : { forcePathStyle }),
      maxAttempts,
      requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: timeoutMs, logger: SILENT },
    });
    return { sdk, client };
  };

  const call = async <T>(
    verb: string,
    abort: AbortSignal | undefined,
    use: (s3: Opened, abortSignal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const timeout = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const signal = abort === undefined ? timeout : AbortSignal.any([abort, timeout]);
    try {
      signal.throwIfAborted();
      const ready = (opened ??= open());
      ready.catch(() => (opened = undefined));
      return await untilAborted(
        signal,
        ready.then((s3) => use(s3, signal)),
      );
    } catch (cause) {
      throw s3Error(name, verb, cause);
    }
  };

  const put: Store['put'] = async (key, body, abort) => {
    const Key = full(key);
    await call('write an object', abort, async ({ sdk, client }, abortSignal) => {
      const input = { ...common, ...encryption, Key, Body: body };
      const { ETag } = await client.send(new sdk.PutObjectCommand(input), { abortSignal });
      // Some proxies answer 200 to anything.
      if (ETag === undefined) throw noS3('write an object');
    });
  };

  const get: Store['get'] = async (key, abort) => {
    const Key = full(key);
    const enough = new AbortController();
    const either = abort === undefined ? enough.signal : AbortSignal.any([abort, enough.signal]);
    try {
      return await call('read an object', either, async ({ sdk, client }, abortSignal) => {
        try {
          const found = await client.send(new sdk.GetObjectCommand({ ...common, Key }), { abortSignal });
          if (found.ETag === undefined) throw noS3('read an object');
          return await readBody(name, found.Body as AsyncIterable<Uint8Array>, found.ContentLength);
        } catch (error) {
          if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
          throw error;
        }
      });
    } catch (error) {
      // What is not read to its end would hold the connection.
      enough.abort();
      throw error;
    }
  };

  async function* pages(prefix: string, delimiter?: string): AsyncGenerator<ListObjectsV2CommandOutput> {
    let token: string | undefined;
    for (;;) {
      const page = await call('list objects', undefined, ({ sdk, client }, abortSignal) => {
        const where = { Prefix: base + prefix, Delimiter: delimiter, ContinuationToken: token };
        const list = new sdk.ListObjectsV2Command({ ...common, ...where, EncodingType: 'url' });
        return client.send(list, { abortSignal });
      });
      if (page.Name === undefined && page.KeyCount === undefined) throw noS3('list objects');
      yield page;
      if (page.IsTruncated !== true) return;
      const { NextContinuationToken: next = '' } = page;
      if (next === '' || next === token) {
        const endless = `${name}: cannot list objects: the list has no end; check the endpoint`;
        throw new StoreError(endless, { permanent: true });
      }
      token = next;
    }
  }

  async function* list(prefix: string): AsyncGenerator<StoredObject> {
    checkPrefix(name, base + prefix);
    for await (const { Contents = [], EncodingType } of pages(prefix)) {
      for (const { Key, Size = 0, LastModified } of Contents) {
        const key = ownKey(Key, EncodingType, base, prefix);
        if (key !== undefined) yield { key, bytes: Size, modifiedMs: LastModified?.getTime() ?? 0 };
      }
    }
  }

  const folders: Store['folders'] = async (prefix) => {
    checkFolderPrefix(name, base + prefix);
    const found = new Set<string>();
    for await (const { CommonPrefixes = [], EncodingType } of pages(prefix, '/')) {
      for (const { Prefix } of CommonPrefixes) {
        const folder = ownFolder(Prefix, EncodingType, base, prefix);
        if (folder !== undefined) found.add(folder);
      }
    }
    return [...found].sort(compareUtf8);
  };

  const remove: Store['remove'] = async (keys) => {
    const all = [...new Set(keys.map(full))].map((Key) => ({ Key }));
    for (let at = 0; at < all.length; at += MAX_DELETES) {
      const Delete = { Objects: all.slice(at, at + MAX_DELETES), Quiet: true };
      await call('remove objects', undefined, async ({ sdk, client }, abortSignal) => {
        const { Errors = [] } = await client.send(new sdk.DeleteObjectsCommand({ ...common, Delete }), { abortSignal });
        const failed = Errors.filter(({ Code }) => Code !== 'NoSuchKey');
        const [first] = failed;
        if (first === undefined) return;
        const { Code: code, Message: message } = first;
        throw s3Error(name, `remove ${failed.length} of ${Delete.Objects.length} objects`, {
          name: code,
          message,
          $fault: 'client',
        });
      });
    }
  };

  return { name, put, get, list, folders, remove };
};
