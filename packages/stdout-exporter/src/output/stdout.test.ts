import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

const STDOUT = pathToFileURL(join(import.meta.dirname, 'stdout.ts')).href;

/** Runs a module with `writeToStdout` at hand, its output in a pipe of the shell's, which `reader` reads. */
const piped = (program: string, reader: string): Promise<{ readonly out: string; readonly err: string }> => {
  const script = `import { writeToStdout } from '${STDOUT}'; ${program}`;
  const command = `"$NODE" --conditions=@serverless-otlp/source --input-type=module --eval "$SCRIPT" | ${reader}`;
  const child = spawn('sh', ['-c', command], {
    env: { ...process.env, NODE: process.execPath, SCRIPT: script, NODE_OPTIONS: '' },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  return new Promise((resolve) => child.once('close', () => resolve({ out, err })));
};

const linesOf = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly id: number; readonly dropped?: number });

/** More than a pipe holds. */
const MANY = `for (let id = 0; id < 2000; id++) writeToStdout(JSON.stringify({ id, text: 'x'.repeat(200) }), WAIT);`;

describe('E4: standard output', () => {
  it('gets every line of a reader that is late, in order', async () => {
    const { out, err } = await piped(MANY.replace('WAIT', '60000'), '(sleep 0.3; cat)');
    expect(err).toBe('');
    expect(linesOf(out).map(({ id }) => id)).toEqual(Array.from({ length: 2000 }, (_, id) => id));
  }, 30_000);

  it('loses whole lines to a reader that stalls for longer, and tells how many', async () => {
    const last = `await new Promise((resolve) => setTimeout(resolve, 1500)); writeToStdout('{"id":2000}', 20_000);`;
    const { out } = await piped(`${MANY.replace('WAIT', '20')} ${last}`, '(sleep 1; cat)');
    const lines = linesOf(out);
    expect(lines.at(-1)).toEqual({ id: 2000, dropped: 2001 - lines.length });
    expect(lines.length).toBeLessThan(1000);
  }, 30_000);

  it('that nobody reads any more stops nobody', async () => {
    const { err } = await piped(`${MANY.replace('WAIT', '60000')} console.error('done');`, 'true');
    expect(err).toBe('done\n');
  }, 30_000);
});
