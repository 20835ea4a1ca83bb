import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../finding.ts';

/** Scripts that write tracked files; each knows `--check`. */
const GENERATORS = [
  'scripts/generate-schema.ts',
  'scripts/generate-config-docs.ts',
  'scripts/generate-trigger-docs.ts',
  'scripts/generate-template.ts',
];

/** Generated files that are not what their generator would write now. */
export const generatedFindings = (root: string): readonly Finding[] =>
  GENERATORS.filter((script) => existsSync(join(root, script))).flatMap((script) => {
    const args = ['--conditions=@serverless-otlp/source', script, '--check'];
    const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', timeout: 60_000 });
    if (run.status === 0) return [];
    const said = `${run.stderr}${run.stdout}`.trim();
    return [{ file: script, message: said === '' ? 'its output is not up to date' : said }];
  });
