import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { TestProject } from 'vitest/node';

import { installRealParts, type RealParts } from '../../scripts/real/setup.ts';

const LAMBDA = join(import.meta.dirname, '../../packages/forwarder/dist/lambda');

declare module 'vitest' {
  interface ProvidedContext {
    readonly parts: RealParts;
    /** Path of the built handler. */
    readonly bundle: string;
    /** Path of the built deployment package. */
    readonly zip: string;
  }
}

/** Installs the real parts and hands their paths to the tests; whatever is missing fails the run. */
export const setup = async ({ provide }: TestProject): Promise<void> => {
  const bundle = join(LAMBDA, 'index.mjs');
  const zip = join(LAMBDA, 'forwarder.zip');
  for (const file of [bundle, zip])
    if (!existsSync(file)) throw new Error(`${file} is missing: \`npm run build\` writes it.`);
  provide('bundle', bundle);
  provide('zip', zip);
  provide('parts', await installRealParts(process.env, (line) => console.error(`  ${line}`)));
};
