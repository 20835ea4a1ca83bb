/**
 * Runs every `x.fuzz.ts` of the packages on mutated inputs.
 *
 *   npm run fuzz                                  5 s a target
 *   npm run fuzz -- --seconds 3600                for hours
 *   npm run fuzz -- --target envelope --seed 7    one target, the same inputs again
 *   npm run fuzz -- --target envelope --replay FILE
 */
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { runTarget } from './fuzz/run-target.ts';
import { loadTarget } from './fuzz/target.ts';
import { repositoryRoot, sourceFiles } from './source-tree.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    target: { type: 'string', default: '' },
    replay: { type: 'string' },
    root: { type: 'string', default: repositoryRoot },
    'hang-seconds': { type: 'string', default: '10' },
  },
});
const [seconds, seed, hangSeconds] = [Number(values.seconds), Number(values.seed), Number(values['hang-seconds'])];
const targets = sourceFiles(values.root).filter(
  (path) => /^packages\/.*\.fuzz\.ts$/.test(path) && path.includes(values.target),
);

const refuse = (message: string): void => {
  console.error(message);
  process.exitCode = 2;
};

const replay = async (path: string, file: string): Promise<void> => {
  const target = await loadTarget(join(values.root, path));
  await target.fuzz(new Uint8Array(readFileSync(file)));
  console.log(`${path}: ${file} is fine`);
};

const fuzzAll = async (): Promise<void> => {
  console.log(`fuzz: ${targets.length} targets, ${seconds} s each, --seed ${seed}`);
  for (const path of targets) {
    const result = await runTarget(join(values.root, path), path, { seed, seconds, hangSeconds });
    if (!result.found) {
      console.log(`${path}: ${result.iterations} inputs, nothing found`);
      continue;
    }
    const file = join(mkdtempSync(join(tmpdir(), 'otlp-fuzz-')), `${basename(path, '.ts')}.bin`);
    writeFileSync(file, result.input);
    console.error(
      `${path}: input ${result.iteration} of --seed ${seed} (${result.input.length} bytes): ${result.error}`,
    );
    console.error(`  replay: npm run fuzz -- --target ${path} --replay ${file}`);
    process.exitCode = 1;
  }
};

if (!(seconds > 0) || !Number.isSafeInteger(seed) || !(hangSeconds > 0)) {
  refuse('--seconds and --hang-seconds are positive numbers, --seed is an integer');
} else if (targets.length === 0) {
  refuse(`no packages/**/*.fuzz.ts matches --target "${values.target}"`);
} else if (values.replay === undefined) {
  await fuzzAll();
} else if (targets.length === 1 && targets[0] !== undefined) {
  await replay(targets[0], values.replay);
} else {
  refuse(`--replay needs one target; name it with --target:\n  ${targets.join('\n  ')}`);
}
