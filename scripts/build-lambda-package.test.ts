import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleLambda } from './build-lambda-package.ts';
import { withNumbers } from './lambda-package/constants.ts';

let folder: string;
let outputs: Metafile['outputs'];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'otlp-lambda-package-'));
  ({ outputs } = await bundleLambda(folder));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Files that one needs before it can run. */
const loadedBy = (path: string, loaded: Set<string> = new Set()): ReadonlySet<string> => {
  if (!loaded.has(path)) {
    loaded.add(path);
    for (const { kind, path: next } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && next in outputs) loadedBy(next, loaded);
  }
  return loaded;
};
const entry = (source: string): ReadonlySet<string> =>
  loadedBy(Object.keys(outputs).find((path) => outputs[path]?.entryPoint === source) ?? '');
const inputsOf = (paths: ReadonlySet<string>): readonly string[] =>
  [...paths].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));

describe('the package of the Lambda instrumentation', () => {
  it('starts with two files, without metrics, logs, formats and what writes lines', () => {
    const start = entry('src/index.ts');
    expect(start.size).toBe(2);
    const late = /sdk-metrics|sdk-logs|otlp-transformer|\/otlp\/src\/(?!signal|envelope-marker)|line-writer/;
    expect(inputsOf(start).filter((path) => late.test(path))).toEqual([]);
    // With what a bundler leaves out when only `traced` is used; `npm run bench` has the limit without.
    const bytes = [...start].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
    expect(bytes / 1024).toBeLessThan(66);
  });

  it('writes the first line with two files more, without what few need of the exporter', () => {
    const late = /sdk-metrics|sdk-logs|compact|split|\/json\//;
    const line = entry('src/telemetry/line-writer.ts');
    expect(inputsOf(line).filter((path) => late.test(path))).toEqual([]);
    const start = entry('src/index.ts');
    expect([...line].filter((path) => !start.has(path)).length).toBe(2);
  });

  it('is the same, byte for byte, when it is built again', async () => {
    const again = mkdtempSync(join(tmpdir(), 'otlp-lambda-package-'));
    await bundleLambda(again);
    const contents = (root: string): readonly (readonly [string, string])[] =>
      readdirSync(root, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('js'))
        .sort()
        .map((name) => [name, readFileSync(join(root, name), 'utf8')]);
    expect(contents(again)).toEqual(contents(folder));
    rmSync(again, { recursive: true });
  });

  it('has numbers in place of enumerations', () => {
    expect(withNumbers('kind: SpanKind.SERVER, of: api.SamplingDecision.RECORD, at: TraceFlags.OTHER')).toBe(
      'kind: 1, of: 1, at: TraceFlags.OTHER',
    );
  });

  it('is there for import and for require, and imports nothing for its effects', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.c?js$/.test(name));
    const names = new Set(files.map((name) => basename(name)));
    for (const name of names) if (name.endsWith('.js')) expect(names).toContain(name.replace(/\.js$/, '.cjs'));
    for (const name of files) expect(readFileSync(join(folder, name), 'utf8')).not.toMatch(/import"/);
  });
});
