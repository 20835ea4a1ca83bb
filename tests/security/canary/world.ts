/** Runs with every secret in its environment; whatever it prints is looked through for them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configuring, storing } from './configuring.ts';
import { delivering, unreachable } from './delivering.ts';
import type { Stage } from './scenario.ts';
import { SECRETS } from './secrets.ts';

/** What a scenario counts, so that its silence means something. */
type Notes = Readonly<Record<string, number>>;

const SCENARIOS: Readonly<Record<string, (stage: Stage) => Promise<Notes>>> = {
  delivering,
  unreachable,
  configuring,
  storing,
};

const [, , home = '', ...names] = process.argv;
for (const name of names) {
  const folder = join(home, name);
  mkdirSync(folder, { recursive: true });
  const notes = await SCENARIOS[name]?.({ env: { CANARY_VARIABLE: SECRETS.configuration }, folder });
  writeFileSync(join(home, `${name}.json`), JSON.stringify(notes));
}
process.exit();
