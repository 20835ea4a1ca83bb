import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { readLetter } from '@serverless-otlp/forwarder';
import { s3Store } from '@serverless-otlp/forwarder/dead-letter/s3-store';
import { storeContract } from '@serverless-otlp/testing/contracts';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest';

import { type AwsEmulator, createBucket, startAwsEmulator } from './aws-emulator.ts';
import { freePort } from './collector.ts';
import { envelope, generatedEnvelope } from './envelope.ts';
import { type Lambda, startLambda, unpack } from './lambda.ts';
import { SIGNALS } from './schema.ts';
import { itemsOfLines } from './sent.ts';
import { subscriptionEvent } from './subscription-event.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' };

type S3Store = ReturnType<typeof s3Store>;

let folder = '';
let emulator: AwsEmulator;
let bundled: typeof s3Store;
beforeAll(async () => {
  for (const [name, value] of Object.entries({ ...CREDENTIALS, AWS_REGION: 'eu-north-1' })) vi.stubEnv(name, value);
  folder = await mkdtemp(join(tmpdir(), 'otlp-dead-letter-'));
  await unpack(inject('zip'), folder);
  const chunks = (await readdir(join(folder, 'chunks'))).filter((name) => name.startsWith('s3-store-'));
  expect(chunks).toHaveLength(1);
  const chunk = pathToFileURL(join(folder, 'chunks', chunks.join()));
  bundled = ((await import(chunk.href)) as { s3Store: typeof s3Store }).s3Store;
  emulator = await startAwsEmulator();
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
  vi.unstubAllEnvs();
});

/** A bucket of its own, and a store in it. */
const openWith = async (create: typeof s3Store): Promise<{ readonly bucket: string; readonly store: S3Store }> => {
  const bucket = await createBucket(emulator);
  return { bucket, store: create({ bucket, endpoint: emulator.endpoint, forcePathStyle: true }) };
};

storeContract('s3 from the deployment package', () => openWith(bundled), { timeoutMs: 90_000 });

describe.each([
  { version: 'v24', node: process.execPath },
  { version: 'v22', node: inject('parts').node22 },
])('the deployment package with a bucket for dead letters, Node.js $version', ({ node }) => {
  const start = async (deadLetter: object): Promise<Lambda> => {
    const file = join(await mkdtemp(join(folder, 'config-')), 'forwarder.json');
    const exporters = { otlp_http: { endpoint: `http://127.0.0.1:${await freePort()}` } };
    const pipelines = Object.fromEntries(SIGNALS.map((signal) => [signal, { exporters: ['otlp_http'] }]));
    await writeFile(file, JSON.stringify({ exporters, dead_letter: deadLetter, service: { pipelines } }));
    const { runtimeClient } = inject('parts');
    const env = { ...CREDENTIALS, OTLP_FORWARDER_CONFIG: file };
    const lambda = await startLambda({ node, runtimeClient, zip: inject('zip'), env });
    onTestFinished(lambda.stop);
    return lambda;
  };
  const lines = SIGNALS.map((signal) => generatedEnvelope(signal, 'kept', 2));

  it('D2: keeps in S3 what its destination does not take, whole, and the event counts as settled', async () => {
    const { bucket, store } = await openWith(s3Store);
    const lambda = await start({ s3: { bucket, prefix: 'p', endpoint: emulator.endpoint, force_path_style: true } });
    expect(await lambda.invoke(subscriptionEvent(lines))).toHaveProperty('response');
    const kept: string[] = [];
    for await (const { key } of store.list('p/pending/otlp_http/')) {
      const { header, content } = readLetter((await store.get(key)) ?? new Uint8Array());
      if (header.signal !== undefined) kept.push(envelope(header.signal, content, { gzip: true }));
    }
    expect(kept).toHaveLength(SIGNALS.length);
    expect(itemsOfLines(kept)).toEqual(itemsOfLines(lines));
  });

  it('D3: gives the event back when there is no such bucket, and says so', async () => {
    const lambda = await start({ s3: { bucket: 'none', endpoint: emulator.endpoint, force_path_style: true } });
    expect(await lambda.invoke(subscriptionEvent(lines))).toHaveProperty('error.errorMessage');
    expect(lambda.stdout()).toMatch(/s3:\/\/none: cannot write an object: there is no such bucket/);
  });
});
