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

/** Makes a bucket of S3 that nobody else uses, and resolves to its name. */
export const createBucket = async ({ endpoint }: AwsEmulator): Promise<string> => {
  const bucket = `letters-${randomUUID()}`;
  const { ok, status } = await fetch(`${endpoint}/${bucket}`, { method: 'PUT' });
  if (!ok) throw new Error(`The AWS emulator made no bucket: status ${status}`);
  return bucket;
};
