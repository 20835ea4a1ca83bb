import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { inject } from 'vitest';

import { startProgram } from './process.ts';
import { waitFor } from './wait.ts';

const SERVE = join(import.meta.dirname, 'aws-emulator/serve.py');
const START_TIMEOUT_MS = 60_000;

/** As the emulator takes credentials and Regions: any, but in whose account things are made is always this one. */
export const ACCOUNT = '123456789012';
export const REGION = 'eu-north-1';

/** A running emulator of AWS: S3, CloudWatch Logs, KMS, STS, Secrets Manager, Systems Manager. */
export interface AwsEmulator {
  /** The endpoint of every service. It takes any credentials and any region. */
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

/**
 * Starts an emulator of AWS that holds nothing yet.
 *
 * @param serve the program that is the emulator.
 */
export const startAwsEmulator = async (serve: string = SERVE): Promise<AwsEmulator> => {
  const program = startProgram(inject('parts').awsEmulator, [serve], { env: { PYTHONUNBUFFERED: '1' } });
  let ended: number | string | undefined;
  void program.ended.then((how) => (ended = how));
  const close = async (): Promise<void> => {
    // Asked by a signal it would wait for every connection that a client keeps open; the end of its input ends it at once.
    program.child.stdin?.end();
    await program.stop();
  };
  try {
    const endpoint = await waitFor('the AWS emulator to listen', START_TIMEOUT_MS, async () => {
      if (ended !== undefined) throw new Error(`The AWS emulator ended with ${ended}:\n${program.stderr()}`);
      const url = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(program.stderr())?.[1];
      if (url === undefined) return undefined;
      const { ok } = await fetch(`${url}/moto-api/`).catch(() => ({ ok: false }));
      return ok ? url : undefined;
    });
    return { endpoint, close };
  } catch (error) {
    await close();
    throw error;
  }
};

const SEND_TIMEOUT_MS = 30_000;

/** Whom the emulator takes a request to come from, and for which service: it reads both out of the signature. */
export interface Signed {
  readonly service: string;
  readonly region?: string;
  /** Default that of somebody who has nothing to do with what is tested. */
  readonly accessKeyId?: string | undefined;
}

/** What is sent. */
export interface Sent {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | URLSearchParams;
}

/**
 * Sends a request to an emulator without the SDK, which is part of what is tested. It is signed by nobody: the emulator takes any signature.
 *
 * @returns the text of the answer.
 * @throws {Error} with the start of the answer when it is no success, and for none within 30 s.
 */
export const sendToEmulator = async (
  url: string,
  { service, region = REGION, accessKeyId = 'operator' }: Signed,
  { headers = {}, ...sent }: Sent,
): Promise<string> => {
  const credential = `${accessKeyId}/20260101/${region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=any`;
  const signal = AbortSignal.timeout(SEND_TIMEOUT_MS);
  const answer = await fetch(url, { ...sent, headers: { authorization, ...headers }, signal });
  const text = await answer.text();
  if (answer.ok) return text;
  const what = headers['x-amz-target'] ?? `${sent.method} ${new URL(url).pathname}`;
  throw new Error(`${service} answered ${what} with ${answer.status}: ${text.slice(0, 500)}`);
};

/** Makes a bucket of S3 that nobody else uses, and resolves to its name. */
export const createBucket = async ({ endpoint }: AwsEmulator): Promise<string> => {
  const bucket = `letters-${randomUUID()}`;
  const { ok, status } = await fetch(`${endpoint}/${bucket}`, { method: 'PUT' });
  if (!ok) throw new Error(`The AWS emulator made no bucket: status ${status}`);
  return bucket;
};
