import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingLine, runStep, stepsOf } from '../packages/guide.ts';
import { npm } from '../packages/npm.ts';

const TIMEOUT_MS = 5 * 60_000;
const root = join(import.meta.dirname, '../..');
const GUIDES = ['instrument.md', 'sampling.md', 'test-your-telemetry.md', 'extend.md'];

let folder = '';
/** What takes the place of a name that npm is told to install. */
const installed = new Map<string, string>();

/** A package as it would be published. */
const tarballOf = async (name: string): Promise<string> => {
  const printed = await npm(join(root, 'packages', name), 'pack', '--silent', '--pack-destination', folder);
  return join(folder, printed.trim().split('\n').at(-1) ?? '');
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guides-'));
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  // What is not ours has the version that this repository works with: a release of somebody else fails nobody's build.
  for (const [name, version] of Object.entries(devDependencies)) installed.set(name, `${name}@${version}`);
  installed.set('@serverless-otlp/lambda', await tarballOf('lambda'));
  const cli: string[] = [];
  for (const name of ['otlp', 'forwarder', 'dev-server', 'cli']) {
    const tarball = await tarballOf(name);
    cli.push(tarball);
    installed.set(`@serverless-otlp/${name}`, tarball);
  }
  installed.set('serverless-otlp', cli.join(' '));
}, TIMEOUT_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** npm, told to install ours from tarballs. */
const prelude = (): string => {
  const cases = [...installed].map(([name, value]) => `${name}) args+=(${value});;`);
  return `npm() { local args=(); for word in "$@"; do case "$word" in ${cases.join(' ')} *) args+=("$word");; esac; done
    command npm "\${args[@]}" --no-audit --no-fund; }`;
};

const foreign =
  /^(?:npm_(?:package|lifecycle|command|config_local_prefix|config_workspace)|NODE_OPTIONS$|OTEL_|OTLP_|AWS_|VITEST)/;
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
  PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
  NO_COLOR: '1',
  npm_config_update_notifier: 'false',
};

describe.each(GUIDES)('the guide %s, with the packed packages in an empty folder', (name) => {
  let place = '';
  beforeAll(() => {
    place = join(folder, name);
    mkdirSync(place);
    writeFileSync(join(place, '.exported'), '');
  });

  it.each(stepsOf(name))(
    '$name',
    async (step) => {
      const printed = await runStep(step, { folder: place, prelude: prelude(), env });
      expect(missingLine(step.prints ?? '', printed), printed).toBeUndefined();
    },
    TIMEOUT_MS,
  );
});
