import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { npm } from './npm.ts';

/** A line of the OpenTelemetry SDK, as far as projects differ by it. */
export interface SdkLine {
  readonly name: '2.12' | '3';
  readonly packages: readonly string[];
}

/** The newest of each line on 2026-11-21. */
export const SDK_LINES: readonly SdkLine[] = [
  {
    name: '2.12',
    packages: [
      '@opentelemetry/api@1.9.1',
      '@opentelemetry/api-logs@0.223.1',
      '@opentelemetry/resources@2.12.1',
      '@opentelemetry/sdk-trace-base@2.12.1',
      '@opentelemetry/sdk-metrics@2.12.1',
      '@opentelemetry/sdk-logs@0.223.1',
      '@opentelemetry/exporter-trace-otlp-proto@0.223.1',
      '@opentelemetry/exporter-metrics-otlp-proto@0.223.0',
      '@opentelemetry/exporter-logs-otlp-proto@0.223.1',
    ],
  },
  {
    name: '3',
    packages: [
      '@opentelemetry/api@1.10.0',
      '@opentelemetry/resources@3.1.1',
      '@opentelemetry/sdk-trace@3.1.1',
      '@opentelemetry/sdk-metrics@3.1.1',
      '@opentelemetry/sdk-logs@3.1.1',
      '@opentelemetry/exporter-trace-otlp-proto@0.301.1',
      '@opentelemetry/exporter-metrics-otlp-proto@0.301.0',
      '@opentelemetry/exporter-logs-otlp-proto@0.301.0',
    ],
  },
];

const PROGRAMS = join(import.meta.dirname, 'programs');

/** A user's project. */
export interface Project {
  readonly line: SdkLine;
  readonly folder: string;
  /** What npm printed when it installed. */
  readonly printed: string;
}

/** An empty project, into which a tarball and an SDK are installed in one go. */
export const projectWith = async (line: SdkLine, tarball: string, parent: string): Promise<Project> => {
  const folder = join(parent, `sdk-${line.name}`);
  mkdirSync(folder);
  cpSync(PROGRAMS, join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'checkout', version: '1.0.0', private: true }));
  return { line, folder, printed: await npm(folder, 'install', tarball, ...line.packages) };
};

/** How a program is written: as a module or not, and whether everything it needs is inside. */
export interface Form {
  readonly format: 'esm' | 'cjs';
  readonly bundled: boolean;
}

/** All of them. */
export const FORMS: readonly Form[] = [
  { format: 'esm', bundled: false },
  { format: 'cjs', bundled: false },
  { format: 'esm', bundled: true },
  { format: 'cjs', bundled: true },
];

/** What the SDK's own modules need in a bundle that is a module. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Builds a program of `programs/` from its copy in the project, so that all it imports is the project's; the path of the file. */
export const programIn = async (
  { folder, line }: Project,
  name: 'both-exporters' | 'api-only',
  { format, bundled }: Form,
): Promise<string> => {
  const outfile = join(folder, `${name}-${bundled ? 'bundled' : 'unbundled'}.${format === 'esm' ? 'mjs' : 'cjs'}`);
  await build({
    absWorkingDir: folder,
    entryPoints: [`src/${name}.mjs`],
    alias: { sdk: `./src/sdk-${line.name}.mjs` },
    outfile,
    format,
    bundle: true,
    external: bundled ? [] : ['@opentelemetry/*', '@serverless-otlp/*'],
    platform: 'node',
    target: 'node22.15',
    banner: { js: bundled && format === 'esm' ? REQUIRE : '' },
    logLevel: 'warning',
  });
  return outfile;
};
