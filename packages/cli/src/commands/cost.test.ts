import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../program.ts';

const SAMPLE = new URL('../../../../tests/fixtures/envelopes/envelope-node-0.17.3-single-span.jsonl', import.meta.url)
  .pathname;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21') });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const costs = async (...args: readonly string[]) => {
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    vi.spyOn(process[name], 'write').mockImplementation((text: unknown, done?: unknown) => {
      written[name] += String(text);
      if (typeof done === 'function') (done as () => void)();
      return true;
    });
  const code = await run(['cost', ...args]);
  vi.restoreAllMocks();
  return { code, ...written };
};

describe('serverless-otlp cost', () => {
  it('compares the formats with a Collector in the function, and says on what it rests', async () => {
    const { code, stdout, stderr } = await costs('--invocations', '10M');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^USD a month +compatible +compact +otlp_json +in-function\n/);
    expect(stdout).toContain('List prices of us-east-1, without tax and free tier.');
    expect(stdout).not.toContain('\u001b');
  });

  it('prints what its guide prints', async () => {
    const guide = readFileSync(new URL('../../../../docs/guides/cost.md', import.meta.url), 'utf8');
    const [, args = '', printed] = /serverless-otlp cost ([^\n]+)\n```\n\n```text\n(.+?)```/s.exec(guide) ?? [];
    expect((await costs(...args.split(' '))).stdout).toBe(printed);
  });

  it('names every assumption and every price with its source and day when asked to', async () => {
    const { stdout } = await costs('--invocations', '1', '--explain', '--assume', 'alarms=3', '--price', 's3_read=1');
    expect(stdout).toContain('  alarms=3  as given\n');
    expect(stdout).toContain('  s3_read=1  as given\n');
    expect(stdout).toMatch(/ {2}lambda_request=0\.0000002 {2}2026-09-06 {2}https:\/\//);
  });

  it('measures a sample, in JSON what it prints and more', async () => {
    const { code, stdout } = await costs('--invocations', '1M', '--sample', SAMPLE, '--json');
    expect(code).toBe(0);
    const { ways, region, currency, notes } = JSON.parse(stdout) as {
      readonly ways: readonly { readonly name: string; readonly bytesPerLine?: number; readonly usd: number }[];
      readonly region: string;
      readonly currency: string;
      readonly notes: readonly string[];
    };
    expect([region, currency]).toEqual(['us-east-1', 'USD']);
    expect(ways.map(({ name }) => name)).toEqual(['as they are', 'compatible', 'compact', 'otlp_json', 'in-function']);
    expect(ways.every(({ usd }) => usd > 0)).toBe(true);
    expect(notes[0]).toBe('Measured on 13 lines of telemetry; 0 other lines left out.');
  });

  it('warns of old prices on standard error, where it spoils no JSON', async () => {
    const { stdout, stderr } = await costs('--invocations', '1M', '--region', 'eu-west-1', '--json');
    expect(() => JSON.parse(stdout) as unknown).not.toThrow();
    expect(stderr).toMatch(/^warning: These prices are older than a year, the oldest of 2025-04-30: /);
  });

  it.each([
    [[], "required option '--invocations"],
    [['--invocations', '-5'], 'A number from 0 to 1e15'],
    [['--invocations', '1', '--memory', '64'], 'from 128 to 10240'],
    [['--invocations', '1', '--bytes-per-line', '0'], 'from 1 to 1000000'],
    [['--invocations', '1', '--bytes-per-line', '9', '--sample', '-'], 'cannot be used with'],
    [['--invocations', '1', '--region', 'mars-1'], 'Known are those of us-east-1 and eu-west-1'],
    [['--invocations', '1', '--price', 'gold=1'], '--price knows no such price'],
    [['--invocations', '1', '--assume', 'luck=1'], '--assume knows no such name'],
    [['--invocations', '1', '--sample', 'no-such-file'], 'there is no such file'],
  ])('refuses %j with the remedy and exit code 2', async (args, remedy) => {
    const { code, stderr } = await costs(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(remedy)]);
  });

  it('says so when the sample holds no telemetry', async () => {
    const { code, stdout, stderr } = await costs('--invocations', '1', '--sample', new URL(import.meta.url).pathname);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: the sample holds no line of telemetry\. Measured on 0 lines/);
  });
});
