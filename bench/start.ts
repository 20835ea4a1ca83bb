import { execFile } from 'node:child_process';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { startFakeSecretsManager } from '@serverless-otlp/testing/fake-secrets-manager';
import type { LambdaBuild } from '../scripts/build-lambda.ts';
import type { Benchmark } from './benchmark.ts';
import { withBundle } from './bundle.ts';
import { median } from './measure.ts';

const run = promisify(execFile);
/** Plain JavaScript on the command line: stripping types would load parts of Node before the measurement. */
const CHILD = `
  const before = process.cpuUsage();
  await Promise.all(process.argv.slice(1).map((name) => import(name)));
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(String(user + system));
`;

/** What anybody needs who decompresses an event and posts it. */
const UNAVOIDABLE = ['node:https', 'node:zlib', 'node:crypto'];

const importUs = async (modules: readonly string[]): Promise<number> => {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', CHILD, '--', ...modules], {
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' },
  });
  return Number(stdout);
};

/** Bytes of index.mjs and of every chunk it imports statically: a configuration file and YAML bring more, and only then. */
const loadedBytes = ({ directory, metafile }: LambdaBuild): number => {
  const outputs = new Map(Object.entries(metafile.outputs));
  const index = [...outputs.keys()].find(
    (path) => relative(directory, path) === 'index.mjs' || path.endsWith('/index.mjs'),
  );
  const loaded = new Set<string>();
  const visit = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    const imports = outputs.get(path)?.imports ?? [];
    for (const { kind, path: imported, external } of imports) {
      if (kind === 'import-statement' && external !== true) visit(imported);
    }
  };
  visit(index ?? '');
  return [...loaded].reduce((sum, path) => sum + (outputs.get(path)?.bytes ?? NaN), 0);
};

/** Prints the files that importing the handler and one invocation load, and no others. */
const LOADED = `
  const { registerHooks } = process.getBuiltinModule('node:module');
  const loaded = new Set();
  registerHooks({ load: (url, context, next) => (loaded.add(url), next(url, context)) });
  const lookup = (host, options, done) => done(null, options.all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4);
  process.getBuiltinModule('node:dns').lookup = lookup;
  const { handler } = await import(process.argv[1]);
  const { gzipSync } = process.getBuiltinModule('node:zlib');
  const span = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"}]}]}]}';
  const event = { messageType: 'DATA_MESSAGE', logEvents: [{ id: '1', timestamp: 1, message: span }] };
  const data = gzipSync(JSON.stringify(event)).toString('base64');
  await handler({ awslogs: { data } }, { getRemainingTimeInMillis: () => 10_000 });
  const sizes = [...loaded].filter((url) => url.startsWith('file:')).map((url) => {
    return process.getBuiltinModule('node:fs').statSync(new URL(url)).size;
  });
  process.stdout.write('\\n' + sizes.reduce((sum, size) => sum + size, 0));
`;

/** Bytes loaded for one delivery that is signed for AWS, with a header out of a secret, configured by variables. */
const signedBytes = async (index: string): Promise<number> => {
  const [secrets, collector] = await Promise.all([startFakeSecretsManager(), startFakeCollector()]);
  try {
    secrets.secrets.set('otlp/team', 'shop');
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', LOADED, '--', index], {
      env: {
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'example',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://xray.eu-central-1.amazonaws.com:${new URL(collector.url).port}`,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-team=${secretsmanager:otlp/team}',
      },
    });
    const { authorization = '', 'x-team': team } = collector.requests[0]?.headers ?? {};
    if (!authorization.startsWith('AWS4-HMAC-SHA256') || team !== 'shop') throw new Error(`not signed: ${stdout}`);
    return Number(stdout.split('\n').at(-1));
  } finally {
    await Promise.all([secrets.close(), collector.close()]);
  }
};

/** What a cold start loads, and what that costs against the parts of Node it cannot do without. */
export const startBenchmark: Benchmark = ({ quick }) =>
  withBundle(async (index, build) => {
    const ours: number[] = [];
    const unavoidable: number[] = [];
    for (let round = 0; round < (quick ? 7 : 31); round++) {
      ours.push(await importUs([pathToFileURL(index).href]));
      unavoidable.push(await importUs(UNAVOIDABLE));
    }
    return [
      {
        name: 'bundle_kb',
        value: loadedBytes(build) / 1000,
        atMost: 64,
        note: 'minified, loaded without a configuration file; 1 KB = 1000 bytes',
      },
      {
        name: 'import_ratio',
        value: median(ours) / median(unavoidable),
        atMost: 1.6,
        note: `CPU against importing ${UNAVOIDABLE.join(', ')}`,
      },
      {
        name: 'signed_bundle_kb',
        value: (await signedBytes(pathToFileURL(index).href)) / 1000,
        atMost: 96,
        note: 'the same with SigV4 and one secret, one delivery included',
      },
      { name: 'import_ms', value: median(ours) / 1000, note: 'CPU of importing the handler, configured by variables' },
    ];
  });
