import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BOMBS } from './bombs/bombs.ts';
import type { Survived } from './bombs/survive.ts';
import { growth, LINEAR } from './cpu-time.ts';
import { forwardingOf, temporaryFolder } from './forwarding.ts';
import { envelopeOf, eventOf, itemsOf, jsonOf, line } from './telemetry.ts';

const survive = fileURLToPath(new URL('bombs/survive.ts', import.meta.url));

/** What V8 takes in a function of 256 MB, measured with Node.js 24. */
const SMALL_FUNCTION = ['--max-old-space-size=256', '--max-semi-space-size=1'];

const run = (file: string): Promise<{ readonly survived: readonly Survived[]; readonly peakMib: number }> =>
  new Promise((resolve, reject) => {
    const args = ['--conditions=@serverless-otlp/source', ...SMALL_FUNCTION, survive, file];
    const child = spawn(process.execPath, args, { timeout: 60_000, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', reject).on('close', (code, signal) => {
      if (code === 0) resolve(JSON.parse(output) as never);
      else reject(new Error(`it died: ${String(signal ?? code)}`));
    });
  });

describe('flood and bombs', () => {
  it(`D17: ${Object.keys(BOMBS).length} bombs, decoded, edited, in protobuf and in JSON, within the memory of a small function`, async () => {
    const file = join(temporaryFolder(), 'bombs.json');
    const events = Object.entries(BOMBS).map(([name, make]) => [name, make().awslogs.data] as const);
    for (const [name, data] of events) expect([name, data.length < 1_200_000]).toEqual([name, true]);
    writeFileSync(file, JSON.stringify(Object.fromEntries(events)));
    const { survived, peakMib } = await run(file);
    expect(survived.map(({ bomb }) => bomb)).toEqual(Object.keys(BOMBS));
    for (const { bomb, cpuMs, requests, balanced, error } of survived) {
      expect({ bomb, balanced, error }).toEqual({ bomb, balanced: true, error: undefined });
      expect([bomb, requests < 200, cpuMs < 10_000]).toEqual([bomb, true, true]);
    }
    // One after the other in one environment: what the deployment guide asks for. Alone none takes more than half of it.
    expect(peakMib).toBeLessThan(512);
  }, 60_000);

  it('D17: 10 000 lines of telemetry become a few requests, and 10 000 broken ones a few objects', async () => {
    const { invoke, collector, reports, stored } = await forwardingOf();
    const small = JSON.stringify(jsonOf('logs', 'flood'));
    await invoke(eventOf(Array.from({ length: 10_000 }, () => small)), 60_000);
    expect(itemsOf(collector.requests, 'flood')).toBe(10_000);
    expect(collector.requests.length).toBeLessThanOrEqual(2);
    await invoke(eventOf(Array.from({ length: 10_000 }, (_, index) => `{"_otel":${index}}`)), 60_000);
    expect(reports[1]).toMatchObject({ lines: { in: 10_000, quarantined: 10_000 }, balanced: true });
    expect(JSON.stringify(reports[1]).length).toBeLessThan(8_000);
    expect(stored().length).toBeLessThanOrEqual(2);
  });

  it.each<[string, (count: number) => readonly string[]]>([
    ['lines of telemetry', (count) => Array.from({ length: count }, () => JSON.stringify(jsonOf('traces', 'n')))],
    ['lines that cannot be read', (count) => Array.from({ length: count }, (_, index) => `{"_otel":${index}}`)],
  ])('D17: the time of %s grows with their number, not with its square', async (_what, make) => {
    const { invoke } = await forwardingOf();
    expect(await growth((length) => invoke(eventOf(make(length / 128)), 60_000))).toBeLessThan(LINEAR);
  });

  const nested = (levels: number): string =>
    `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${'{"arrayValue":{"values":['.repeat(levels)}{"intValue":"1"}${']}}'.repeat(levels)}}]}]}]}`;
  it.each<[string, string]>([
    ['a payload of 64 MiB', envelopeOf('traces', Buffer.alloc(64 << 20))],
    [
      'a payload whose trailer lies about its size',
      (() => {
        const packed = gzipSync(Buffer.alloc(64 << 20));
        packed.writeUInt32LE(1, packed.length - 4);
        return envelopeOf('traces', Buffer.alloc(0), { payload: packed.toString('base64') });
      })(),
    ],
    [
      'a payload of two members',
      envelopeOf('traces', Buffer.alloc(0), {
        payload: Buffer.concat([gzipSync(Buffer.alloc(9 << 20)), gzipSync(Buffer.alloc(9 << 20))]).toString('base64'),
      }),
    ],
    ['64 levels', nested(64)],
    ['3000 levels', nested(3_000)],
    ['half a million empty objects', `{"resourceSpans":[${'{},'.repeat(340_000)}{}]}`],
  ])('D17: %s is set aside, and its neighbours arrive', async (_what, bomb) => {
    const { invoke, collector, reports } = await forwardingOf();
    await invoke(eventOf([line('logs', 'before'), bomb, line('logs', 'after')]));
    expect(reports[0]).toMatchObject({ lines: { in: 3, decoded: 2, quarantined: 1 }, balanced: true });
    for (const prefix of ['before', 'after']) expect(itemsOf(collector.requests, prefix)).toBe(1);
  });
});
