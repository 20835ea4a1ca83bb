import { join } from 'node:path';

import { type AwsEmulator, startAwsEmulator } from '../aws-emulator.ts';

/** Starts the emulator of AWS with CloudFormation. */
export const startEmulator = async (): Promise<AwsEmulator> => startAwsEmulator(join(import.meta.dirname, 'serve.py'));
