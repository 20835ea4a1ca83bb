import { join } from 'node:path';

import { inject } from 'vitest';

import { startProgram } from '../process.ts';
import { within } from '../wait.ts';

const VERIFY = join(import.meta.dirname, 'verify.py');
const TIMEOUT_MS = 60_000;

/** A signed request as a server receives it, and what the server knows of who signed it. */
export interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly service: string;
  readonly region: string;
  readonly secret: string;
}

/** As RFC 3986 decodes it, where a plus is a plus. */
const pairsOf = ({ search }: URL): readonly (readonly string[])[] =>
  search
    .slice(1)
    .split('&')
    .filter((parameter) => parameter !== '')
    .map((parameter) => {
      const [name = '', ...value] = parameter.split('=');
      return [decodeURIComponent(name), decodeURIComponent(value.join('='))];
    });

/** What botocore says of each: `ok`, or what is wrong with it. */
export const verifyAll = async (requests: readonly SignedRequest[]): Promise<readonly string[]> => {
  const program = startProgram(inject('parts').awsEmulator, [VERIFY], { env: {} });
  const lines = requests.map(({ url, body, ...request }) =>
    JSON.stringify({
      ...request,
      url: `${url.origin}${url.pathname}`,
      query: pairsOf(url),
      body: Buffer.from(body).toString('base64'),
    }),
  );
  program.child.stdin?.end(`${lines.join('\n')}\n`);
  const code = await within('botocore to verify', TIMEOUT_MS, program.ended);
  if (code !== 0) throw new Error(`The verifier ended with ${code}:\n${program.stderr()}`);
  return program.stdout().trim().split('\n');
};
