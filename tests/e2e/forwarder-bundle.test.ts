import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildLambda, type LambdaBuild } from '../../scripts/build-lambda.ts';
import { signatureFault } from '../conformance/backends/fakes/aws-signature.ts';

const folder = mkdtempSync(join(tmpdir(), 'otlp-bundle-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const textsBelow = (directory: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.mjs'))
      .map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );

/** Source files that are loaded with the entry point, without any dynamic import. */
const loadedAtStart = ({ outputs }: Metafile): readonly string[] => {
  const entry = Object.keys(outputs).find((path) => path.endsWith('index.mjs'));
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: next, kind } of outputs[path]?.imports ?? []) if (kind === 'import-statement') visit(next);
  };
  if (entry !== undefined) visit(entry);
  return [...seen].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
};

type Signs = (request: object) => Promise<Readonly<Record<string, string>>>;
const SIGNER = 'packages/forwarder/src/auth/sign.ts';

describe('the deployable', () => {
  let first: LambdaBuild;
  let second: LambdaBuild;
  beforeAll(async () => {
    first = await buildLambda(join(folder, 'first'));
    second = await buildLambda(join(folder, 'second'));
  }, 60_000);

  it('is the same, byte for byte, when it is built twice', () => {
    expect(readFileSync(first.zip).equals(readFileSync(second.zip))).toBe(true);
    expect(first.zipSha256).toBe(second.zipSha256);
    expect(textsBelow(second.directory)).toEqual(textsBelow(first.directory));
  });

  it('holds nothing but our packages, the two parsers, the signer and the AWS SDK', () => {
    const inputs = Object.keys(first.metafile.inputs);
    const foreign = new Set(inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));
    expect([...foreign].sort()).toEqual(['@smithy/core', '@smithy/signature-v4', '@smithy/types', 'valibot', 'yaml']);
  });

  it('keeps the AWS SDK in files of its own, which what uses it alone loads, when it is used', () => {
    const isSdk = (name: string): boolean => /^chunks\/aws[-/]/.test(name);
    const texts = [...textsBelow(first.directory)];
    const sdk = texts.filter(([name]) => isSdk(name));
    expect(sdk.map(([name]) => name)).toContain('chunks/aws-sdk-s3.mjs');
    for (const [name, text] of texts) if (!isSdk(name)) expect(text, name).not.toMatch(/from"[^"]*\/aws(?:\/|-sdk)/);
    const ways = Object.values(first.metafile.outputs).flatMap(({ inputs, imports }) =>
      imports
        .filter(({ path }) => path.includes('aws-sdk'))
        .map(({ path, kind }) => [Object.keys(inputs).at(-1), path, kind]),
    );
    expect(ways.sort()).toEqual([
      ['packages/forwarder/src/auth/aws-credentials.ts', './aws-sdk-credentials.mjs', 'dynamic-import'],
      ['packages/forwarder/src/dead-letter/s3-store.ts', './aws-sdk-s3.mjs', 'dynamic-import'],
    ]);
    for (const [, text] of sdk) {
      const needed = [...text.matchAll(/(?:from|import\()"([^"]+)"/g)].map(([, path = '']) => path);
      expect(needed.filter((path) => !/^\.{1,2}\/.*\.mjs$/.test(path))).toEqual([]);
    }
  });

  it('loads the parsers only for a configuration file, YAML only for YAML', () => {
    const atStart = loadedAtStart(first.metafile);
    expect(atStart).toContain('packages/forwarder/src/handler.ts');
    expect(
      atStart.filter((path) =>
        /node_modules|auth\/|config\/(file|checked|live|complete|auth|schema|values|secrets|parse-text)/.test(path),
      ),
    ).toEqual([]);
    const withYaml = Object.entries(first.metafile.outputs).filter(([, { inputs }]) =>
      Object.keys(inputs).some((path) => path.includes('node_modules/yaml/')),
    );
    expect(withYaml).not.toEqual([]);
    for (const [, { inputs }] of withYaml) {
      expect(Object.keys(inputs).filter((path) => !path.includes('node_modules/yaml/'))).toEqual([]);
    }
  });

  it('needs nothing from outside but Node.js', () => {
    const external = Object.values(first.metafile.outputs).flatMap(({ imports }) =>
      imports.filter((one) => one.external === true).map(({ path }) => path),
    );
    const bare = external.filter((path) => !path.startsWith('node:'));
    // The YAML parser names two of them without the prefix; the AWS SDK lies beside its chunk.
    const known = ['buffer', 'process', './aws-sdk-s3.mjs', './aws-sdk-credentials.mjs'];
    expect([...new Set(bare)].filter((path) => !known.includes(path))).toEqual([]);
  });

  it('signs requests although it leaves out what signs event streams', async () => {
    const [chunk] = Object.entries(first.metafile.outputs).find(([, { inputs }]) => SIGNER in inputs) ?? [''];
    const parts = (await import(pathToFileURL(join(first.directory, 'chunks', basename(chunk))).href)) as object;
    const signers = Object.values(parts).filter((part) => typeof part === 'function') as Signs[];
    expect(signers).toHaveLength(1);
    const signer = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example', sessionToken: 'token' };
    const where = { service: 'xray', region: 'eu-west-1' };
    const url = new URL('https://xray.eu-west-1.amazonaws.com/v1/traces');
    const body = Buffer.from('body');
    const given = { 'content-type': 'application/x-protobuf' };
    const request = { method: 'POST', url, headers: given, body, ...where, credentials: signer, nowMs: Date.now() };
    const headers = { host: url.host, ...given, ...(await signers[0]?.(request)) };
    const seen = { method: 'POST', host: url.host, path: url.pathname, headers, sent: body, body, signal: undefined };
    expect(signatureFault(seen, where, signer)).toBeUndefined();
    expect(signatureFault({ ...seen, sent: Buffer.from('another') }, where, signer)).toMatch(/does not match/);
  });

  it('carries no path of the machine that built it', () => {
    const root = fileURLToPath(new URL('../../', import.meta.url));
    for (const [, text] of textsBelow(first.directory)) expect(text).not.toContain(root);
    expect(readFileSync(first.zip).includes(root)).toBe(false);
  });
});

describe('a foreign component', () => {
  const PROCESSOR = `
    import type { Processor } from '@serverless-otlp/forwarder/types';
    import { requestOfMessage } from '@serverless-otlp/otlp';
    /** Blanks every span name. */
    export const blankNames = (): Processor => ({
      name: 'blank_names',
      process: (telemetry) => telemetry.map((part) => {
        const message = structuredClone(part.request.message) as any;
        for (const group of message.resourceSpans) for (const scope of group.scopeSpans) for (const span of scope.spans) span.name = '-';
        return { ...part, request: requestOfMessage(part.request.signal, message) };
      }),
    });
  `;
  const HANDLER = `
    import { createForwarder } from '@serverless-otlp/forwarder';
    import { cloudwatchLogs as receiver } from '@serverless-otlp/forwarder/receivers/cloudwatch-logs';
    import { cloudwatchLogs } from '@serverless-otlp/forwarder/encodings/cloudwatch-logs';
    import { otlpJson } from '@serverless-otlp/forwarder/encodings/otlp-json';
    import { batch } from '@serverless-otlp/forwarder/processors/batch';
    import { blankNames } from './blank-names.ts';
    export const sent = [];
    export const reports = [];
    const exporter = {
      name: 'mine',
      export: async (telemetry) => {
        sent.push(telemetry.request.message);
        return [{ destination: 'mine', telemetry, outcome: { status: 'delivered' } }];
      },
    };
    export const handler = createForwarder({
      receivers: [receiver()],
      encodings: [cloudwatchLogs({ lines: [otlpJson()] })],
      pipelines: { traces: { processors: [blankNames(), batch()], destinations: [{ exporter }] } },
      onReport: (report) => reports.push(report),
    });
  `;

  it('is bundled into a handler through the subpath exports, and runs', async () => {
    // Inside the repository, where the packages are found as they are in a project of one's own.
    const project = mkdtempSync(fileURLToPath(new URL('.foreign-', import.meta.url)));
    try {
      mkdirSync(join(project, 'src'));
      writeFileSync(join(project, 'src/blank-names.ts'), PROCESSOR);
      writeFileSync(join(project, 'src/handler.ts'), HANDLER);
      const outfile = join(folder, 'foreign.mjs');
      const { metafile } = await build({
        entryPoints: [join(project, 'src/handler.ts')],
        outfile,
        bundle: true,
        minify: true,
        format: 'esm',
        platform: 'node',
        target: 'node22.15',
        conditions: ['@serverless-otlp/source'],
        metafile: true,
        logLevel: 'silent',
      });
      expect(
        Object.keys(metafile.inputs).filter((path) => /node_modules\/(yaml|valibot)|src\/config\//.test(path)),
      ).toEqual([]);

      const { handler, sent, reports } = (await import(pathToFileURL(outfile).href)) as {
        handler: (event: unknown, context: object) => Promise<unknown>;
        sent: readonly unknown[];
        reports: readonly unknown[];
      };
      const message = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"secret name","kind":2}]}]}]}';
      const logEvents = [{ id: '1', timestamp: 0, message }];
      const subscription = { messageType: 'DATA_MESSAGE', owner: '1', logGroup: 'g', logStream: 's', logEvents };
      const event = { awslogs: { data: gzipSync(JSON.stringify(subscription)).toString('base64') } };
      await handler(event, { getRemainingTimeInMillis: () => 10_000 });
      expect(sent).toEqual([{ resourceSpans: [{ scopeSpans: [{ spans: [{ name: '-', kind: 2 }] }] }] }]);
      expect(reports).toMatchObject([
        { destinations: { mine: { traces: { decoded: 1, delivered: 1 } } }, balanced: true },
      ]);
    } finally {
      rmSync(project, { recursive: true, force: true });
    }
  }, 30_000);
});
