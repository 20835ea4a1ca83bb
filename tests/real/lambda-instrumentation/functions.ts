import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const SOURCES = join(import.meta.dirname, 'functions');

/** Who traces a function: the layer, or a line of its own code. */
export type Producer = 'layer' | 'code';

/** How a function is packed. */
export interface Packing {
  readonly producer: Producer;
  readonly format: 'esm' | 'cjs';
}

/** The module that has the handlers, without its extension. */
export const moduleOf = ({ format, producer }: Packing): string =>
  `${format}/${producer === 'layer' ? 'shop' : 'traced'}`;

/** Functions that cannot be loaded, below `wrong/`. */
const WRONG: Readonly<Record<string, string>> = {
  'broken.mjs': `throw new RangeError('not today');`,
  'syntax.cjs': 'exports.handler = async () => {',
  'needy.cjs': `require('not-there');`,
};

/** Fills a folder with functions as they are deployed: bundled, the API of OpenTelemetry within. */
export const packFunctions = async (task: string): Promise<void> => {
  for (const format of ['esm', 'cjs'] as const) {
    await build({
      entryPoints: [join(SOURCES, 'shop.mjs'), join(SOURCES, 'traced.mjs')],
      outdir: join(task, format),
      bundle: true,
      format,
      platform: 'node',
      target: 'node22.15',
      mainFields: ['module', 'main'],
      conditions: ['@serverless-otlp/source'],
      logLevel: 'error',
    });
  }
  await mkdir(join(task, 'wrong'));
  for (const [name, text] of Object.entries(WRONG)) await writeFile(join(task, 'wrong', name), text);
  await writeFile(join(task, 'esm/package.json'), '{"type":"module"}');
};
