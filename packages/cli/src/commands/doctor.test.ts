import { startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { run } from '../program.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const runWith = async (...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> => {
  const output: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text, _encoding?: unknown, done?: unknown) => {
      output.push(String(text));
      const told = typeof _encoding === 'function' ? _encoding : done;
      if (typeof told === 'function') (told as () => void)();
      return true;
    });
  const code = await run(['doctor', ...args]);
  vi.restoreAllMocks();
  return { code, text: output.join('') };
};

const fileWith = (endpoint: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'forwarder.json');
  const pipelines = Object.fromEntries(
    ['traces', 'metrics', 'logs'].map((signal) => [signal, { exporters: ['otlp_http'] }]),
  );
  writeFileSync(path, JSON.stringify({ exporters: { otlp_http: { endpoint } }, service: { pipelines } }));
  return path;
};

describe('serverless-otlp doctor', () => {
  it('explains itself with examples', async () => {
    const { code, text } = await runWith('--help');
    expect(code).toBe(0);
    expect(text).toContain('Examples:');
    expect(text).toContain('It reads and changes');
  });

  it.each([
    [[], 'name what to look at'],
    [['--config', 'no-such-file'], 'there is no such file'],
    [['--stack', 'a', '--function', 'b'], 'leave out --stack or --function'],
    [['--config', 'package.json', '--canary', '--log-group', 'a'], '--log-group goes with --stack or --function'],
    [['--function', 'a', '--canary'], 'name it with --log-group'],
    [['--function', 'a', '--region', 'Nowhere!'], 'must be an AWS Region'],
    [['--config', 'package.json', '--timeout', '0'], 'a number of seconds'],
  ])('%j is wrong usage', async (args, message) => {
    const { code, text } = await runWith(...args);
    expect([code, text]).toEqual([2, expect.stringContaining(message)]);
  });

  it('ends with 0 when nothing failed, and says little when it is told to', async () => {
    const collector = await startFakeCollector();
    onTestFinished(() => collector.close());
    const file = fileWith(collector.url);
    const { code, text } = await runWith('--config', file);
    expect([code, text]).toEqual([0, expect.stringMatching(/\n\d+ passed, 4 warned, 0 failed, 0 skipped\n$/)]);
    expect(text).toContain('pass  destination-accepts');
    const quiet = await runWith('--config', file, '--quiet');
    expect(quiet.text).not.toContain('pass  ');
    expect(quiet.text).toContain('WARN  dead-letter-configured');
    expect(quiet.text).toContain('docs/guides/doctor.md#dead-letter-configured');
  });

  it('ends with 1 when something failed, and says so to programs', async () => {
    const { code, text } = await runWith('--config', fileWith('http://169.254.169.254'), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(text)).toMatchObject({
      version: 1,
      target: { kind: 'configuration' },
      summary: { fail: 3 },
      findings: expect.arrayContaining([
        expect.objectContaining({
          id: 'endpoint-place',
          status: 'fail',
          remedy: expect.any(String) as string,
          docs: 'docs/guides/doctor.md#endpoint-place',
        }),
      ]) as unknown,
    });
  });

  it('connects to nothing when it is told to', async () => {
    const collector = await startFakeCollector();
    onTestFinished(() => collector.close());
    const { code, text } = await runWith('--config', fileWith(collector.url), '--offline');
    expect([code, collector.connections]).toEqual([0, 0]);
    expect(text).toContain('skip  destination-accepts');
  });
});
