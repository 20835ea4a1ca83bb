import { execFile } from 'node:child_process';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { LambdaBuild } from '../scripts/build-lambda.ts';
import type { Benchmark } from './benchmark.ts';
import { withBundle } from './bundle.ts';
import { median } from './measure.ts';

const run = promisify(execFile);
/** Plain JavaScript on the command line: stripping types would load parts of Node before the measurement. */
const CHILD = `
  const before = process.cpuUsage();
  await Promise.all(process.argv.slice(1).map((name) => import(name)));
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(String(user + system));
`;

/** What anybody needs who decompresses an event and posts it. */
const UNAVOIDABLE = ['node:https', 'node:zlib', 'node:crypto'];

const importUs = async (modules: readonly string[]): Promise<number> => {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', CHILD, '--', ...modules], {
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' },
  });
  return Number(stdout);
};

/** Bytes of index.mjs and of every chunk it imports statically: a configuration file and YAML bring more, and only then. */
const loadedBytes = ({ directory, metafile }: LambdaBuild): number => {
  const outputs = new Map(Object.entries(metafile.outputs));
  const index = [...outputs.keys()].find(
    (path) => relative(directory, path) === 'index.mjs' || path.endsWith('/index.mjs'),
  );
  const loaded = new Set<string>();
  const visit = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    const imports = outputs.get(path)?.imports ?? [];
    for (const { kind, path: imported, external } of imports) {
      if (kind === 'import-statement' && external !== true) visit(imported);
    }
  };
  visit(index ?? '');
  return [...loaded].reduce((sum, path) => sum + (outputs.get(path)?.bytes ?? NaN), 0);
};

/** What a cold start loads, and what that costs against the parts of Node it cannot do without. */
export const startBenchmark: Benchmark = ({ quick }) =>
  withBundle(async (index, build) => {
    const ours: number[] = [];
    const unavoidable: number[] = [];
    for (let round = 0; round < (quick ? 7 : 31); round++) {
      ours.push(await importUs([pathToFileURL(index).href]));
      unavoidable.push(await importUs(UNAVOIDABLE));
    }
    return [
      {
        name: 'bundle_kb',
        value: loadedBytes(build) / 1000,
        atMost: 64,
        note: 'minified, loaded without a configuration file; 1 KB = 1000 bytes',
      },
      {
        name: 'import_ratio',
        value: median(ours) / median(unavoidable),
        atMost: 1.6,
        note: `CPU against importing ${UNAVOIDABLE.join(', ')}`,
      },
      { name: 'import_ms', value: median(ours) / 1000, note: 'CPU of importing the handler, configured by variables' },
    ];
  });
