import { type Endpoint, endpointOf, isRegion, partitionOf, regionOf } from './aws-json-endpoint.ts';
import type { AwsSourceOptions } from './aws-json.ts';
import { type AwsFailure, problemOf } from './aws-json-failure.ts';
import { type AwsReply, awsSender } from './aws-json-send.ts';
import type { Found, ValueSource } from './source.ts';

/** Where an object is. */
export interface S3Address {
  readonly bucket: string;
  readonly key: string;
}

/** Source: "Bucket naming rules" and "Naming Amazon S3 objects", S3 user guide: a key has at most 1024 bytes. */
const ADDRESS = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/([^\u0000-\u001f\u007f]{1,1024})$/;

/** `undefined` for what is no address of an object. URLs resolve dots between slashes, which would make another key of it. */
const parseAddress = (text: string): S3Address | undefined => {
  const [, bucket, key] = ADDRESS.exec(text) ?? [];
  if (bucket === undefined || key === undefined || bucket.includes('..') || /\p{Cs}/u.test(key)) return undefined;
  if (Buffer.byteLength(key) > 1024 || key.split('/').some((part) => part === '.' || part === '..')) return undefined;
  return { bucket, key };
};

/** A key in a URL, as S3 signs it: everything encoded but what RFC 3986 reserves for nothing. */
const encodeKey = (key: string): string =>
  encodeURIComponent(key)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/');

/** The bucket in the host; in the path behind other endpoints, and where its dots would not fit the certificate. */
export const objectUrl = (
  { bucket, key }: S3Address,
  { url, custom }: Exclude<Endpoint, { readonly problem: string }>,
): URL => {
  if (!custom && !bucket.includes('.')) return new URL(`https://${bucket}.${url.host}/${encodeKey(key)}`);
  return new URL(`${url.href.replace(/\/$/, '')}/${bucket}/${encodeKey(key)}`);
};

const textOf = (body: Uint8Array): Found => {
  try {
    return { value: new TextDecoder('utf-8', { fatal: true }).decode(body) };
  } catch {
    return { problem: 'is not text in UTF-8', permanent: true };
  }
};

/** Where the bucket is instead, when S3 says so. */
const otherRegion = (reply: AwsReply, region: string): string | undefined => {
  const told = 'failure' in reply ? reply.headers['x-amz-bucket-region'] : undefined;
  return typeof told === 'string' && told !== region && isRegion(told) ? told : undefined;
};

/**
 * Objects of S3 as text, by `s3://bucket/key`; at most 1 MiB each. Needs `s3:GetObject`, and `kms:Decrypt` for keys of one's own.
 * A bucket may lie in another Region.
 *
 * @example s3Object({ credentials, env: process.env }).read(['s3://my-bucket/forwarder.yaml'], 3000)
 */
export const s3Object = (options: AwsSourceOptions): ValueSource => {
  const { env, clock = () => performance.now() } = options;
  const send = awsSender(options);
  const home = regionOf(env, options.region);

  const readIn = async (address: S3Address, region: string, endMs: number, redirected = false): Promise<Found> => {
    const endpoint = endpointOf('s3', region, env, options.endpoint);
    if ('problem' in endpoint) return { problem: endpoint.problem, permanent: true };
    const url = objectUrl(address, endpoint);
    const reply = await send({ service: 's3', region, url, headers: {} }, endMs);
    if ('body' in reply) return textOf(reply.body);
    const elsewhere = redirected ? undefined : otherRegion(reply, region);
    if (elsewhere !== undefined) return readIn(address, elsewhere, endMs, true);
    const resource = `arn:${partitionOf(region)}:s3:::${address.bucket}/${address.key}`;
    return told(reply.failure, { host: url.host, service: 's3', region, action: 's3:GetObject', resource });
  };

  /** Without the permission to list, S3 says of what is not there that it may not be read. */
  const told = (failure: AwsFailure, asked: Parameters<typeof problemOf>[1]): Found => {
    const found = problemOf(failure, asked);
    return failure.code === 'AccessDenied' ? { ...found, problem: `does not exist, or ${found.problem}` } : found;
  };

  const readOne = async (name: string, endMs: number): Promise<Found> => {
    const address = parseAddress(name);
    if (address === undefined)
      return { problem: 'is no address of an object such as s3://bucket/key', permanent: true };
    return 'problem' in home ? { problem: home.problem, permanent: true } : readIn(address, home.region, endMs);
  };

  return {
    read: async (names, timeoutMs) => {
      const endMs = clock() + timeoutMs;
      const wanted = [...new Set(names)];
      return new Map(await Promise.all(wanted.map(async (name) => [name, await readOne(name, endMs)] as const)));
    },
  };
};
