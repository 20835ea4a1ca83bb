import { spawn } from 'node:child_process';
import { leaksIn, SECRETS } from './secrets.ts';

/** All that a process said, on both outputs. */
export interface Said {
  readonly lines: readonly string[];
  /** Those on standard output alone, which is the log. */
  readonly output: readonly string[];
  readonly code: number | null;
}

/** Where Lambda, a shell or a user keeps them. */
const ENVIRONMENT = {
  OTHER_SECRET: SECRETS.variable,
  AWS_ACCESS_KEY_ID: SECRETS.awsKeyId,
  AWS_SECRET_ACCESS_KEY: SECRETS.awsSecret,
  AWS_SESSION_TOKEN: SECRETS.awsToken,
  AWS_REGION: 'eu-west-1',
};

/** A process with every secret in its environment. */
export const say = (
  args: readonly string[],
  { env = {}, input = '' }: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
): Promise<Said> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=@serverless-otlp/source', ...args], {
      env: { PATH: process.env['PATH'], ...ENVIRONMENT, ...env },
      timeout: 60_000,
    });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => (output += piece));
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (errors += piece));
    child.stdin.on('error', () => undefined).end(input);
    child
      .on('error', reject)
      .on('close', (code) => resolve({ lines: `${output}\n${errors}`.split('\n'), output: output.split('\n'), code }));
  });

/** What these lines give away, and where; the first three are enough. */
export const leaksOf = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((text) => leaksIn(text).map((leak) => `${leak} in ${text.slice(0, 1_000)}`)).slice(0, 3);
