import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { REGION, type AwsEmulator, startAwsEmulator } from './aws-emulator.ts';
import { makeInstallation } from './doctor-installation.ts';
import { type Program, startProgram } from './process.ts';
import { waitFor } from './wait.ts';

const MAIN = join(import.meta.dirname, '../../packages/cli/src/main.ts');
const DOCTOR = [process.execPath, '--conditions=@serverless-otlp/source', MAIN, 'doctor', '--offline'] as const;
const KEYS = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any', AWS_REGION: REGION };

let emulator: AwsEmulator;
beforeAll(async () => {
  emulator = await startAwsEmulator();
  await makeInstallation(emulator, 'https://collector.example');
});
afterAll(async () => {
  await emulator.close();
});

const start = ([file, ...args]: readonly string[], env: Readonly<Record<string, string>>): Program => {
  const program = startProgram(file ?? '', args, { env: { AWS_ENDPOINT_URL: emulator.endpoint, ...env } });
  onTestFinished(async () => {
    await program.stop();
  });
  return program;
};

/** A home whose AWS configuration asks a program for credentials, which does not answer; `asked` is there once it runs. */
const patientHome = async (): Promise<string> => {
  const home = await mkdtemp(join(tmpdir(), 'otlp-doctor-'));
  onTestFinished(() => rm(home, { recursive: true }));
  await mkdir(join(home, '.aws'));
  const waiting = `touch ${join(home, 'asked')} && sleep 90`;
  await writeFile(join(home, '.aws/config'), `[default]\ncredential_process = ${waiting}\n`);
  return home;
};

describe('doctor when everything goes wrong', () => {
  it.each([
    ['--function', 'account'],
    ['--stack', 'stack'],
  ])('%s: ends in its time, though credentials never come', async (option, id) => {
    const env = { HOME: await patientHome(), AWS_REGION: REGION };
    const program = start([...DOCTOR, option, 'otlp-forwarder', '--timeout', '2', '--json'], env);
    expect(await program.ended).toBe(1);
    const { findings } = JSON.parse(program.stdout()) as { readonly findings: readonly object[] };
    expect(findings).toContainEqual(
      expect.objectContaining({ id, status: 'fail', evidence: expect.stringContaining('no time left') as string }),
    );
  });

  it('ends at once with 130 when it is interrupted, whatever it waits for', async () => {
    const home = await patientHome();
    const program = start([...DOCTOR, '--function', 'otlp-forwarder'], { HOME: home, AWS_REGION: REGION });
    await waitFor('credentials to be asked for', 60_000, () => existsSync(join(home, 'asked')) || undefined);
    program.child.kill('SIGINT');
    expect([await program.ended, program.stderr()]).toEqual([130, '']);
  });

  it('a reader that goes away after the first line takes nothing from the exit code, and sees no error', async () => {
    const line = [...DOCTOR, '--function', 'otlp-forwarder'].map((part) => `'${part}'`).join(' ');
    const program = start(['bash', '--norc', '-c', `${line} | head -1; exit \${PIPESTATUS[0]}`], KEYS);
    expect([await program.ended, program.stdout(), program.stderr()]).toEqual([0, 'configuration\n', '']);
  });

  it('a disk that is full is told', async () => {
    const line = [...DOCTOR, '--function', 'otlp-forwarder'].map((part) => `'${part}'`).join(' ');
    const program = start(['bash', '--norc', '-c', `${line} > /dev/full`], KEYS);
    expect([await program.ended, program.stderr()]).toEqual([
      1,
      'error: cannot write to standard output: ENOSPC: no space left on device, write\n',
    ]);
  });

  it('says nothing on standard error of a healthy installation', async () => {
    const program = start([...DOCTOR, '--function', 'otlp-forwarder', '--quiet'], KEYS);
    expect([await program.ended, program.stderr()]).toEqual([0, '']);
    expect(program.stdout()).toMatch(/^\d+ passed, 0 warned, 0 failed, \d+ skipped\n$/);
  });
});
