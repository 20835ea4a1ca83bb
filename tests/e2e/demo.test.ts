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
    env: { PATH: process.env['PATH'], LANG: 'en_US.UTF-8' },
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

/** What is drawn of the order whose stock was locked. */
const LOCKED_STOCK = [
  /^trace [0-9a-f]{32} .* 17 spans, 1 failed /,
  /^storefront POST \/checkout /m,
  /^storefront ├ GET /m,
  /^cart {7}│ └ GET \/carts\/\{number\} /m,
  /^payment {4}│ └ POST \/payments /m,
  /^stock {6}│ └ POST \/reservations /m,
  /^stock {6}│ {3}├ ✗ UPDATE stock /m,
  /^storefront └ send mails /m,
  /^mailer {7}└ process mails /m,
  /^mailer {9}└ smtp /m,
];

describe('the demo shop', { timeout: 120_000 }, () => {
  it('--once receives everything that was sent, and says so in its last line', async () => {
    const finished = await runDemo(['--once']);
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    const { sent, received } = totals(finished);
    expect(received).toEqual(sent);
    expect(Object.keys(sent)).toEqual(['traces', 'metrics', 'logs']);
    for (const count of Object.values(sent)) expect(count).toBeGreaterThan(10);
    expect(finished.stdout.trimEnd().split('\n').at(-1)).toBe(JSON.stringify({ sent, received }));
    // One trace through all five functions. Where mail is slow it is drawn twice, the second time whole.
    const drawn = finished.stdout.split(/^(?=trace )/m).slice(1);
    const order = drawn.findLast((text) => text.includes('lock wait timed out'));
    for (const line of LOCKED_STOCK) expect(order).toMatch(line);
    expect(finished.stdout).toContain('CardDeclinedError: card declined');
    expect(finished.stdout).toMatch(
      /^\S+ WARN {2}stock stock was locked, trying again order\.number=3 trace=[0-9a-f]+/m,
    );
    expect(finished.stdout).toMatch(/^\S+ POINT storefront shop\.orders 1 \{order\} \(sum, delta\) accepted=true/m);
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
