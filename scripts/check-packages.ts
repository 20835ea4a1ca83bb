/**
 * Packs every package that is published and looks at the tarball the way its users will: publint, are-the-types-wrong, and
 * what is in it. Needs `tsc -b tsconfig.build.json` first (npm run check:packages does it).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { report, type Finding } from './finding.ts';
import { repositoryRoot, rootOf } from './source-tree.ts';

/** Resolved only inside this repository, to sources that are not published. */
const OWN_CONDITION = '@serverless-otlp/source';
const UNWANTED = /(^src\/)|\.(test|fuzz)\.|\.tsbuildinfo$|\.tgz$|(^|\/)(fixtures|coverage)\//;

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
}
interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

const pack = (folder: string, destination: string): Packed => {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', destination];
  const [packed] = JSON.parse(execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })) as Packed[];
  if (packed === undefined) throw new Error(`npm packed nothing of ${folder}`);
  return packed;
};

const publintFindings = async (tarball: string): Promise<readonly string[]> => {
  const bytes = new Uint8Array(readFileSync(tarball)).buffer;
  const { messages, pkg } = await publint({ strict: true, pack: { tarball: bytes } });
  return messages
    .filter(({ path }) => !path.includes(OWN_CONDITION))
    .map((message) => `publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`);
};

/** A package that can be required as well must have types for that, too. */
const profileOf = ({ exports = {} }: Manifest): string =>
  JSON.stringify(exports).includes('"require":') ? 'node16' : 'esm-only';

/** A package of a binary alone has no types to be wrong. */
const typesFindings = (tarball: string, manifest: Manifest): readonly string[] => {
  const { exports = {} } = manifest;
  if (Object.keys(exports).every((path) => path === './package.json')) return [];
  const attw = join(repositoryRoot, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const args = [
    attw,
    tarball,
    '--profile',
    profileOf(manifest),
    '--no-definitely-typed',
    '--format',
    'ascii',
    '--no-color',
    '--no-emoji',
  ];
  const run = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 120_000 });
  return run.status === 0 ? [] : [`attw: ${run.stdout}${run.stderr}`];
};

const check = async (folder: string, manifest: Manifest): Promise<readonly string[]> => {
  const destination = mkdtempSync(join(tmpdir(), 'otlp-pack-'));
  try {
    const { filename, files } = pack(folder, destination);
    const tarball = join(destination, filename);
    const unwanted = files.filter(({ path }) => UNWANTED.test(path)).map(({ path }) => `packs ${path}`);
    const empty = files.some(({ path }) => path.startsWith('dist/')) ? [] : ['packs no dist/: build first'];
    return [...unwanted, ...empty, ...(await publintFindings(tarball)), ...typesFindings(tarball, manifest)];
  } finally {
    rmSync(destination, { recursive: true, force: true });
  }
};

const root = rootOf(process.argv);
const findings: Finding[] = [];
const checked: string[] = [];
for (const name of readdirSync(join(root, 'packages'))) {
  const file = `packages/${name}/package.json`;
  const manifest = JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest;
  if (manifest.private === true) continue;
  checked.push(manifest.name);
  const messages = await check(join(root, 'packages', name), manifest);
  findings.push(...messages.map((message) => ({ file, message })));
}
report('packages', findings, checked.join(', '));
