import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { npm, packed } from '../packages/npm.ts';
import { type OtlpServer, startOtlpServer } from '../packages/otlp-server.ts';
import { FORMS, programIn, type Project, projectWith, SDK_LINES, type SdkLine } from '../packages/project.ts';
import { startProgram } from './process.ts';
import { type Items, itemsOfLines } from './sent.ts';
import { within } from './wait.ts';

const TIMEOUT_MS = 60_000;
const NODES: readonly { readonly version: string; readonly node: () => string }[] = [
  { version: '24', node: () => process.execPath },
  { version: '22', node: () => inject('parts').node22 },
];

let folder = '';
let server: OtlpServer;
const projects = new Map<SdkLine, Project>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'packages-'));
  server = await startOtlpServer();
  const tarball = await packed(folder);
  for (const line of SDK_LINES) projects.set(line, await projectWith(line, tarball, folder));
}, 10 * TIMEOUT_MS);

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const projectOf = (line: SdkLine): Project => {
  const project = projects.get(line);
  if (project === undefined) throw new Error(`no project with SDK ${line.name}`);
  return project;
};

/** Runs it to its end; what it printed, line by line. Nobody warned of anything. */
const run = async (
  node: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> => {
  const program = startProgram(node, args, { cwd, env });
  program.child.stdin?.end();
  const ended = await within('the program to end', TIMEOUT_MS, program.ended);
  expect([ended, program.stderr()]).toEqual([0, '']);
  return program.stdout().trimEnd().split('\n');
};

/** Two readers collect at two times, so their points differ in that alone. */
const withoutTimesOfMetrics = (items: Items): Items => ({
  ...items,
  metrics: items.metrics.map((item) => item.replace(/"(t|startT)imeUnixNano":"\d+"/g, '"$1ime":""')).sort(),
});

const DATA_POINTS = 6;

describe.each(SDK_LINES)('SDK $name, installed with the packed tarball into an empty project', (line) => {
  it('npm installs without a conflict or a warning about peers', async () => {
    const { printed, folder } = projectOf(line);
    expect(printed).toMatch(/added \d+ packages/);
    expect(printed).not.toMatch(/ERESOLVE|peer|conflict/i);
    // Fails when a peer is missing or of another version.
    await npm(folder, 'ls', '--all');
    expect(existsSync(join(folder, 'node_modules/@serverless-otlp/otlp'))).toBe(false);
  });

  const variants = NODES.flatMap((node) => FORMS.map((form) => ({ ...node, ...form })));
  it.each(variants)(
    'says what the OTLP/HTTP exporter says: Node.js $version, $format, bundled: $bundled',
    async (variant) => {
      const project = projectOf(line);
      const program = await programIn(project, 'both-exporters', variant);
      const temporality = variant.format === 'esm' ? 'cumulative' : 'delta';
      const lines = await run(variant.node(), [program], project.folder, {
        OTEL_EXPORTER_OTLP_ENDPOINT: server.endpoint,
        OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: temporality,
      });
      const [ours, theirs] = [itemsOfLines(lines), server.take()].map(withoutTimesOfMetrics);
      expect(ours).toEqual(theirs);
      expect([ours?.traces.length, ours?.metrics.length, ours?.logs.length]).toEqual([2, DATA_POINTS, 3]);
      expect(ours?.metrics.join()).toContain(`"aggregationTemporality":${temporality === 'delta' ? 1 : 2}`);
    },
  );

  it.each(NODES)(
    'register sets up three signals for a program that knows the API alone: Node.js $version',
    async ({ node }) => {
      const project = projectOf(line);
      for (const form of FORMS) {
        const program = await programIn(project, 'api-only', form);
        const lines = await run(node(), [program], project.folder, {
          NODE_OPTIONS: '--import @serverless-otlp/stdout-exporter/register',
          OTEL_SERVICE_NAME: 'registered',
        });
        const { traces, metrics, logs } = itemsOfLines(lines);
        expect([traces.length, metrics.length, logs.length]).toEqual([2, DATA_POINTS, 3]);
        for (const item of [...traces, ...metrics, ...logs]) expect(item).toContain('"registered"');
      }
    },
  );
});
