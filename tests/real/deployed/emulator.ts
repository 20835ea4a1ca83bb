import { join } from 'node:path';

import { inject } from 'vitest';

import type { AwsEmulator } from '../aws-emulator.ts';
import { startProgram } from '../process.ts';
import { waitFor } from '../wait.ts';

const SERVE = join(import.meta.dirname, 'serve.py');
const START_TIMEOUT_MS = 60_000;

/** As the emulator takes credentials and Regions: any, but in whose account things are made is always this one. */
export const ACCOUNT = '123456789012';
export const REGION = 'eu-north-1';

/** Starts the emulator of AWS with CloudFormation. */
export const startEmulator = async (): Promise<AwsEmulator> => {
  const program = startProgram(inject('parts').awsEmulator, [SERVE], { env: { PYTHONUNBUFFERED: '1' } });
  const close = async (): Promise<void> => {
    program.child.stdin?.end();
    await program.stop();
  };
  let ended: number | string | undefined;
  void program.ended.then((how) => (ended = how));
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
