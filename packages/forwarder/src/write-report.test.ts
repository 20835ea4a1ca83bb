import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const module = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
const PREAMBLE = `
  import { writeLine, writeReport } from ${module('./write-report.ts')};
  // What Lambda's runtime does to both: neither may be used.
  console.log = console.info = console.error = () => { throw new Error('console'); };
  process.stdout.write = () => { throw new Error('stdout'); };
  const report = (over) => ({ receiver: 'r', durationMs: 1, lines: { in: 0, decoded: 0, ignored: 0, quarantined: 0 }, destinations: {}, balanced: true, ...over });
`;

/** Runs code in a process of its own; its output is read only after a while, so that a pipe can fill. */
const run = (code: string, readAfterMs = 0): Promise<{ output: string; errors: string; code: number | null }> =>
  new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--conditions=@serverless-otlp/source', '--input-type=module', '-e', PREAMBLE + code],
      {
        cwd: fileURLToPath(new URL('.', import.meta.url)),
        timeout: 20_000,
      },
    );
    let output = '';
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    setTimeout(() => child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text)), readAfterMs);
    child.on('error', reject).on('close', (exitCode) => resolve({ output, errors, code: exitCode }));
  });

const levels: readonly (readonly [string, string, string])[] = [
  ['INFO', 'all is well', '{}'],
  ['WARN', 'a destination complained', '{ errors: [] }'],
  ['WARN', 'a signal has no pipeline', '{ unrouted: { logs: 1 } }'],
  [
    'WARN',
    'a line that cannot be read went back to the source',
    '{ lines: { in: 1, decoded: 0, ignored: 0, quarantined: 0, returned: 1 } }',
  ],
  ['ERROR', 'a line was quarantined', '{ lines: { in: 1, decoded: 0, ignored: 0, quarantined: 1 } }'],
  ['ERROR', 'telemetry was quarantined', '{ quarantined: [] }'],
  ['ERROR', 'it does not add up', '{ balanced: false }'],
];

describe('writeReport', () => {
  it('D26: writes one JSON line to file descriptor 1 itself, at the level of what happened', async () => {
    const { output, errors } = await run(levels.map(([, , over]) => `writeReport(report(${over}));`).join('\n'));
    expect(errors).toBe('');
    const lines = output.split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(levels.map(([level]) => level));
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'INFO',
      message: 'otlp forwarder report',
      receiver: 'r',
      durationMs: 1,
      lines: { in: 0, decoded: 0, ignored: 0, quarantined: 0 },
      destinations: {},
      balanced: true,
    });
  });

  it('D26: the first metrics are in its own line, the others in a line each, only when they have a namespace', async () => {
    const counts = `{ destinations: { a: { traces: { decoded: 1, delivered: 1 } }, b: { logs: { decoded: 2, pending: 2 } } } }`;
    const before = Date.now();
    const { output } = await run(`writeReport(report(${counts}), 'Mine'); writeReport(report(${counts}));`);
    const lines = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { _aws?: { Timestamp: number }; level?: string; destination?: string });
    expect(lines.map(({ level, destination }) => [level, destination])).toEqual([
      ['INFO', 'a'],
      [undefined, 'b'],
      ['INFO', undefined],
    ]);
    expect(lines[0]).toMatchObject({ Delivered: 1, _aws: { CloudWatchMetrics: [{ Namespace: 'Mine' }] } });
    expect(lines[0]).toMatchObject({ message: 'otlp forwarder report', balanced: true });
    expect(lines[1]).toMatchObject({ Pending: 2, _aws: { CloudWatchMetrics: [{ Namespace: 'Mine' }] } });
    expect(lines[2]).not.toHaveProperty('_aws');
    const { Timestamp = 0 } = lines[1]?._aws ?? {};
    expect(Timestamp).toBeGreaterThanOrEqual(before);
    expect(Timestamp).toBeLessThanOrEqual(Date.now());
  });

  it('D26: stays one line whatever a message says', async () => {
    const { output } = await run(`writeReport(report({ errors: [{ error: 'a\\nb\\r\\u2028{"_aws":1}' }] }));`);
    expect(output.match(/\n/g)).toHaveLength(1);
    expect(JSON.parse(output)).not.toHaveProperty('_aws');
  });
});

describe('writeLine', () => {
  it('D26: waits for a pipe that is full instead of losing the rest', async () => {
    const { output, errors } = await run(`writeLine('é'.repeat(500_000)); writeLine('last');`, 300);
    expect(errors).toBe('');
    expect(output).toBe(`${'é'.repeat(500_000)}\nlast\n`);
  });

  it('gives up on a reader that never comes, within seconds', async () => {
    const { code } = await run(`writeLine('x'.repeat(500_000)); process.exit(7);`, 5_000);
    expect(code).toBe(7);
  });
});
