import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { requestFromJson } from '@serverless-otlp/otlp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleStdoutExporter } from './build-stdout-exporter.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'otlp-exporter-build-'));
  await bundleStdoutExporter(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const NAMES = ['index', 'traces', 'metrics', 'logs', 'register'];
const FILES = NAMES.flatMap((name) => [`${name}.js`, `${name}.cjs`]);
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8');

describe('the published stdout exporter', () => {
  it.each(FILES)('%s is one file that imports nothing before it needs it', (file) => {
    expect(/(?:^|[;}])import\b|\brequire\("|import\("/.test(textOf(file))).toBe(false);
  });

  it('carries in each entry only the serializer of its signal', () => {
    expect(textOf('metrics.js')).toContain('.buckets.');
    expect(textOf('traces.js')).not.toContain('.buckets.');
    expect(textOf('logs.js')).not.toContain('.buckets.');
  });

  it('is small: a function loads it at every cold start', () => {
    for (const file of ['traces.js', 'metrics.js', 'logs.js', 'traces.cjs', 'metrics.cjs', 'logs.cjs'])
      expect(statSync(join(folder, file)).size).toBeLessThan(42_000);
  });

  it('loads neither zlib nor the network', () => {
    const program = `require(${JSON.stringify(join(folder, 'index.cjs'))}); require('fs').writeSync(1, process.moduleLoadList.join())`;
    const loaded = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' });
    expect(loaded).not.toMatch(/NativeModule (zlib|net|http|https|worker_threads),/);
  });

  it('has the same exports for import and require, and they write', async () => {
    const imported = (await import(
      pathToFileURL(join(folder, 'index.js')).href
    )) as typeof import('@serverless-otlp/stdout-exporter');
    const required = createRequire(import.meta.url)(join(folder, 'index.cjs')) as typeof imported;
    expect(Object.keys(required).sort()).toEqual(Object.keys(imported).sort());
    const { bytes } = requestFromJson({
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'b' } }] }] }],
    });
    const write = `require(${JSON.stringify(join(folder, 'index.cjs'))}).writeRequest('logs', Buffer.from('${Buffer.from(bytes).toString('hex')}', 'hex'), { format: 'otlp_json' })`;
    expect(execFileSync(process.execPath, ['-e', write], { encoding: 'utf8' })).toBe(
      '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"b"}}]}]}]}\n',
    );
  });
});
