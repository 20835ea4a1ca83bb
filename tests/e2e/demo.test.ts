import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const startScript = fileURLToPath(new URL('../../examples/demo-shop/start.ts', import.meta.url));

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the demo; `interrupt` tells from the output so far when to press Ctrl-C. */
const runDemo = async (
  args: readonly string[],
  interrupt?: (stdout: string) => boolean,
): Promise<Finished & { readonly pid: number }> => {
  const child = spawn(process.execPath, ['--conditions=@serverless-otlp/source', startScript, ...args], {
    env: { PATH: process.env['PATH'] },
    detached: true,
  });
  const { pid = 0 } = child;
  let stdout = '';
  let stderr = '';
  let interrupted = false;
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (interrupted || interrupt?.(stdout) !== true) return;
    interrupted = true;
    // As a terminal does: to the whole group.
    process.kill(-pid, 'SIGINT');
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr, pid };
};

interface Totals {
  readonly sent: Readonly<Record<string, number>>;
  readonly received: Readonly<Record<string, number>>;
}

const totals = ({ stdout }: Finished): Totals => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Totals;

const groupExists = (pid: number): boolean => {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('the demo shop', { timeout: 30_000 }, () => {
  it('--once receives everything that was sent, and says so in its last line', async () => {
    const finished = await runDemo(['--once']);
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    const { sent, received } = totals(finished);
    expect(received).toEqual(sent);
    expect(Object.keys(sent)).toEqual(['traces', 'metrics', 'logs']);
    for (const count of Object.values(sent)) expect(count).toBeGreaterThan(10);
    expect(finished.stdout.trimEnd().split('\n').at(-1)).toBe(JSON.stringify({ sent, received }));
    expect(finished.stdout).toMatch(/^storefront POST \/checkout/m);
    expect(finished.stdout).toMatch(/^mailer .*order mail/m);
    for (const text of finished.stdout
      .split('\n')
      .filter((line) => /^(trace|storefront|cart|payment|stock|mailer) /.test(line))) {
      expect(text.length).toBeLessThanOrEqual(80);
    }
  });

  it('--once fails when one character of one line is damaged on its way', async () => {
    const finished = await runDemo(['--once', '--corrupt-line']);
    expect(finished.code).toBe(1);
    const { sent, received } = totals(finished);
    expect(received).not.toEqual(sent);
    expect(finished.stderr).toContain('"quarantined":1');
  });

  it('goes on until Ctrl-C, then ends cleanly and leaves no process behind', async () => {
    const { code, stdout, pid } = await runDemo([], (text) => text.split('\ntrace ').length > 2);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Received (\d+) of \1 spans, (\d+) of \2 data points, (\d+) of \3 log records\./);
    for (let tries = 0; tries < 50 && groupExists(pid); tries += 1) await sleep(20);
    expect(groupExists(pid)).toBe(false);
  });

  it('refuses a wrong option with the usage and exit code 2', async () => {
    const { code, stderr } = await runDemo(['--port', 'x']);
    expect(code).toBe(2);
    expect(stderr).toContain('--port must be a number');
  });
});
