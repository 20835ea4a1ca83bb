import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Instrumented, instrument } from './instrument.ts';

/** Instrumented sources in a file, as environments want them. */
export interface SourcesFile extends Instrumented {
  readonly path: string;
  remove(): void;
}

/** Writes the instrumented sources to a file. */
export const writeSources = (): SourcesFile => {
  const folder = mkdtempSync(join(tmpdir(), 'otlp-fault-sources-'));
  const path = join(folder, 'sources.json');
  const instrumented = instrument();
  writeFileSync(path, JSON.stringify(instrumented.sources));
  return { ...instrumented, path, remove: () => rmSync(folder, { recursive: true, force: true }) };
};
