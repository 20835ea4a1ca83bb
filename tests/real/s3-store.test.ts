import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';

import { HeadObjectCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { s3Store, type S3StoreOptions } from '@serverless-otlp/forwarder/dead-letter/s3-store';
import { storeContract } from '@serverless-otlp/testing/contracts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { type AwsEmulator, createBucket, startAwsEmulator } from './aws-emulator.ts';

type S3Store = ReturnType<typeof s3Store>;

let emulator: AwsEmulator;
let client: S3Client;
beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'any');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
  vi.stubEnv('AWS_REGION', 'us-east-1');
  emulator = await startAwsEmulator();
  client = new S3Client({ endpoint: emulator.endpoint, forcePathStyle: true });
});
afterAll(async () => {
  client.destroy();
  await emulator.close();
  vi.unstubAllEnvs();
});

/** A store in a bucket of its own. */
const open = async (
  options: Partial<S3StoreOptions> = {},
): Promise<{ readonly store: S3Store; readonly bucket: string }> => {
  const bucket = await createBucket(emulator);
  const { endpoint } = emulator;
  return { store: s3Store({ bucket, endpoint, forcePathStyle: true, ...options }), bucket };
};

storeContract('s3', () => open(), { manyObjects: 1100, timeoutMs: 90_000 });
storeContract('s3, below a prefix', () => open({ prefix: 'a b/ü%' }), { timeoutMs: 90_000 });

describe('s3Store on an emulator of AWS', () => {
  const keysOf = async (store: S3Store, prefix = ''): Promise<readonly string[]> => {
    const keys: string[] = [];
    for await (const { key } of store.list(prefix)) keys.push(key);
    return keys;
  };
  const failureOf = async (attempt: Promise<unknown>): Promise<unknown> => attempt.catch((error: unknown) => error);

  it('stores so that S3 vouches for the bytes', async () => {
    const { store, bucket } = await open({ prefix: 'p' });
    await store.put('pending/x/1', Buffer.from('body'));
    const expected = Buffer.alloc(4);
    expected.writeUInt32BE(crc32('body'));
    const head = { Bucket: bucket, Key: 'p/pending/x/1', ChecksumMode: 'ENABLED' } as const;
    const { ContentLength, ChecksumCRC32 } = await client.send(new HeadObjectCommand(head));
    expect([ContentLength, ChecksumCRC32]).toEqual([4, expected.toString('base64')]);
  });

  it('encrypts with the given KMS key, and reads it again', async () => {
    const kmsKeyId = 'arn:aws:kms:us-east-1:123456789012:key/8a5e4d0c-0000-4000-8000-000000000000';
    const { store, bucket } = await open({ kmsKeyId });
    await store.put('a', Buffer.from('body'));
    const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'a' }));
    expect(found).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId });
    expect(Buffer.from((await store.get('a')) ?? []).toString()).toBe('body');
    const plain = await open();
    await plain.store.put('a', Buffer.from('body'));
    const { SSEKMSKeyId } = await client.send(new HeadObjectCommand({ Bucket: plain.bucket, Key: 'a' }));
    expect(SSEKMSKeyId).toBeUndefined();
  });

  it('hides what people put beside its objects, and is not stopped by it', async () => {
    const { store, bucket } = await open({ prefix: 'p' });
    const foreign = ['p/', 'p/pending/', 'p/pending/../y', 'p/pending/\u0001', 'elsewhere', 'p-x'];
    for (const Key of foreign) await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
    await store.put('pending/x', Buffer.from('x'));
    expect(await keysOf(store)).toEqual(['pending/x']);
    expect(await store.folders('')).toEqual(['pending']);
  });

  it('takes a removed object of a bucket with versions for gone', async () => {
    const { store, bucket } = await open();
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
    await store.put('a', Buffer.from('1'));
    await store.put('a', Buffer.from('2'));
    await store.remove(['a']);
    expect(await store.get('a')).toBeUndefined();
    expect(await keysOf(store)).toEqual([]);
  });

  it('names more than a page of folders', async () => {
    const { store } = await open();
    const folders = Array.from({ length: 1003 }, (_, index) => `f${index}`);
    for (let at = 0; at < folders.length; at += 20)
      await Promise.all(folders.slice(at, at + 20).map((folder) => store.put(`${folder}/x`, Buffer.from('x'))));
    expect(await store.folders('')).toEqual(folders.toSorted());
  });

  it('says that there is no such bucket', async () => {
    const { endpoint } = emulator;
    const store = s3Store({ bucket: `none-${randomUUID()}`, endpoint, forcePathStyle: true });
    const calls = [
      () => store.put('a', Buffer.from('x')),
      () => store.get('a'),
      () => keysOf(store),
      () => store.remove(['a']),
    ];
    for (const call of calls)
      expect(await failureOf(call())).toMatchObject({
        name: 'StoreError',
        permanent: true,
        message: expect.stringMatching(/no such bucket; check its name.*NoSuchBucket, status 404/) as unknown,
      });
  });
});
