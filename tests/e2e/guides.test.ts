import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingLine, type Place, runStep, stepsOf } from '../packages/guide.ts';

const root = join(import.meta.dirname, '../..');
const CONDITIONS = '--conditions=@serverless-otlp/source';

/** The programs of this clone, and its sources in place of what npm would install. */
const PRELUDE = `
npm() { test "$1" = install; }
npx() { if [ "$1" = esbuild ]; then "$@" ${CONDITIONS}; else "$@"; fi; }`;
const clean = Object.entries(process.env).filter(([name]) => !/^(OTEL|OTLP|AWS|NODE_OPTIONS|VITEST)/.test(name));
const env = {
  ...Object.fromEntries(clean),
  PATH: [dirname(process.execPath), join(root, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter),
  NODE_OPTIONS: CONDITIONS,
  NO_COLOR: '1',
};

const VITEST_CONFIG = `
const conditions = ['@serverless-otlp/source', 'node', 'development|production'];
export default { resolve: { conditions }, ssr: { resolve: { conditions } } };`;

/** An empty folder from which the packages of this clone are found. */
const emptyFolder = (): string => {
  const cache = join(root, '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'guide-'));
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(join(folder, 'vitest.config.mjs'), VITEST_CONFIG);
  writeFileSync(join(folder, '.exported'), '');
  return folder;
};

const tracesIn = (text: string): number => text.match(/^trace /gm)?.length ?? 0;

describe.each(['instrument.md', 'sampling.md', 'test-your-telemetry.md'])(
  'the guide %s, from an empty folder',
  { timeout: 120_000 },
  (name) => {
    let place: Place;
    beforeAll(() => {
      place = { folder: emptyFolder(), prelude: PRELUDE, env };
    });
    afterAll(() => rmSync(place.folder, { recursive: true, force: true }));

    it.each(stepsOf(name))('$name', async (step) => {
      const printed = await runStep(step, place);
      expect(missingLine(step.prints ?? '', printed), printed).toBeUndefined();
      // No trace more than promised: what is sampled out must not be there.
      if (tracesIn(step.prints ?? '') > 0) expect(tracesIn(printed), printed).toBe(tracesIn(step.prints ?? ''));
    });
  },
);
