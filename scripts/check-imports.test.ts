import { describe, expect, it } from 'vitest';
import { checkImports } from './check-imports.ts';
import { tempTree } from './temp-tree.ts';

const manifest = JSON.stringify({
  exports: { '.': {}, './receivers/cloudwatch-logs': {}, './receivers/sqs': {}, './encodings/otlp-json': {} },
});

const objections = (files: Readonly<Record<string, string>>): readonly string[] => {
  using tree = tempTree({ 'packages/forwarder/package.json': manifest, ...files });
  return checkImports(tree.root).findings.map(({ file, line, message }) => `${file}:${line}: ${message}`);
};

describe('check-imports', () => {
  it.each([
    [
      'otlp → forwarder',
      'packages/otlp/src/a.ts',
      `import { x } from '@serverless-otlp/forwarder';`,
      /none of our packages/,
    ],
    [
      'dev-server → forwarder',
      'packages/dev-server/src/a.ts',
      `export { x } from '@serverless-otlp/forwarder/types';`,
      /only otlp/,
    ],
    ['forwarder → cli', 'packages/forwarder/src/config/a.ts', `import 'serverless-otlp';`, /not cli/],
    [
      'testing → forwarder',
      'packages/testing/src/a.ts',
      `import type { x } from '@serverless-otlp/forwarder';`,
      /only otlp/,
    ],
    ['a dynamic import', 'packages/otlp/src/a.ts', `const x = await import('@serverless-otlp/cli');`, /not cli/],
    ['an import type', 'packages/otlp/src/a.ts', `type X = import('@serverless-otlp/cli').X;`, /not cli/],
    ['a computed import', 'packages/otlp/src/a.ts', `const x = await import(name);`, /cannot be checked/],
    ['a relative path into another package', 'packages/cli/src/a.ts', `import '../../otlp/src/b.ts';`, /by name/],
    ['a relative path out of the packages', 'packages/cli/src/a.ts', `import '../../../bench/b.ts';`, /outside itself/],
    [
      'a path into a package from a test folder',
      'tests/e2e/a.test.ts',
      `import '../../packages/otlp/src/b.ts';`,
      /by name/,
    ],
    ['shipped code → testing', 'packages/otlp/src/a.ts', `import '@serverless-otlp/testing';`, /only tests/],
    ['an example → testing', 'examples/shop/a.ts', `import '@serverless-otlp/testing';`, /only tests/],
    ['a package that has no place yet', 'packages/new/src/a.ts', `import '@serverless-otlp/otlp';`, /no place/],
    [
      'a package that imports itself by name',
      'packages/otlp/src/a.ts',
      `import '@serverless-otlp/otlp';`,
      /by its path/,
    ],
    [
      'component → component',
      'packages/forwarder/src/receivers/sqs.ts',
      `import './cloudwatch-logs.ts';`,
      /never imports another/,
    ],
    [
      'private part → component',
      'packages/forwarder/src/receivers/respond/a.ts',
      `import '../sqs.ts';`,
      /never imports another/,
    ],
    [
      'component → other folder',
      'packages/forwarder/src/receivers/sqs.ts',
      `import '../encodings/lines.ts';`,
      /files of receivers/,
    ],
    ['component → config', 'packages/forwarder/src/auth/headers.ts', `import '../config/load.ts';`, /files of auth/],
    ['component → somebody else', 'packages/forwarder/src/processors/a.ts', `import 'valibot';`, /cold start/],
    [
      'the S3 store → the SDK at once',
      'packages/forwarder/src/dead-letter/s3-store.ts',
      `import { S3Client } from '@aws-sdk/client-s3';`,
      /load it with import\(\)/,
    ],
    [
      'the S3 store → the SDK by require',
      'packages/forwarder/src/dead-letter/s3-store.ts',
      `const { S3Client } = require('@aws-sdk/client-s3');`,
      /load it with import\(\)/,
    ],
    [
      'the S3 store → another client',
      'packages/forwarder/src/dead-letter/s3-store.ts',
      `const sdk = await import('@aws-sdk/client-sqs');`,
      /cold start/,
    ],
    [
      'its neighbour → the SDK',
      'packages/forwarder/src/dead-letter/s3-error.ts',
      `const sdk = await import('@aws-sdk/client-s3');`,
      /cold start/,
    ],
    [
      'another folder → the SDK',
      'packages/forwarder/src/exporters/s3-store.ts',
      `import type { S3Client } from '@aws-sdk/client-s3';`,
      /cold start/,
    ],
    [
      'pipeline → component',
      'packages/forwarder/src/pipeline/run.ts',
      `import '../receivers/sqs.ts';`,
      /pipeline\/ imports only/,
    ],
    [
      'forwarder.ts → component',
      'packages/forwarder/src/forwarder.ts',
      `import './receivers/sqs.ts';`,
      /only pipeline/,
    ],
    [
      'types.ts → pipeline',
      'packages/forwarder/src/types.ts',
      `import type { a } from './pipeline/run.ts';`,
      /nothing of/,
    ],
    ['leaf → pipeline', 'packages/forwarder/src/fault.ts', `import './pipeline/run.ts';`, /everybody imports/],
    ['match.ts → another leaf', 'packages/forwarder/src/match.ts', `import './fault.ts';`, /everybody imports/],
    ['leaf → leaf', 'packages/forwarder/src/fault.ts', `import './glob.ts';`, /everybody imports/],
    [
      'index.ts → config',
      'packages/forwarder/src/index.ts',
      `export { x } from './config/build.ts';`,
      /neither config/,
    ],
    ['a built-in without node:', 'packages/otlp/src/a.ts', `import 'zlib';`, /write node:zlib/],
    ['floor → package', 'bench/floor.ts', `import { x } from '@serverless-otlp/otlp';`, /stands alone/],
    ['floor → neighbour', 'bench/floor.ts', `import { x } from './measure.ts';`, /stands alone/],
    ['process.env', 'packages/otlp/src/a.ts', `const x = process.env.X;`, /only config/],
    ["process['env']", 'packages/forwarder/src/handler.ts', `const x = process['env'];`, /only config/],
    ['env taken apart', 'packages/cli/src/a.ts', `const { env } = process;`, /only config/],
    ['env imported', 'packages/cli/src/a.ts', `import { env as e } from 'node:process';`, /only config/],
  ])('objects to %s', (_, path, text, message) => {
    const found = objections({ [path]: `\n${text}\n` });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
    expect(found[0]).toContain(`${path}:2: `);
  });

  it('is content with what the architecture allows', () => {
    const found = objections({
      'packages/forwarder/src/receivers/sqs.ts': `import './respond/a.ts';\nimport './body.ts';\nimport '../fault.ts';\nimport type { T } from '../types.ts';\nimport { gunzipSync } from 'node:zlib';\nimport { x } from '@serverless-otlp/otlp';`,
      'packages/forwarder/src/receivers/sqs.test.ts': `import './cloudwatch-logs.ts';\nimport '@serverless-otlp/testing/contracts';\nprocess.env.X;`,
      'packages/forwarder/src/pipeline/run.ts': `import './settle.ts';\nimport '../types.ts';\nimport '@serverless-otlp/otlp';`,
      'packages/forwarder/src/fault.ts': `import type { Fault } from './types.ts';`,
      'packages/forwarder/src/index.ts': `export { x } from './receivers/sqs.ts';\nexport { y } from './forwarder.ts';`,
      'packages/forwarder/src/forwarder.ts': `import './pipeline/run.ts';`,
      'packages/forwarder/src/config/build.ts': `import '../receivers/sqs.ts';\nimport 'valibot';\nimport(name);\nprocess.env.X;`,
      'packages/forwarder/src/dead-letter/s3-store.ts': `import type { S3Client } from '@aws-sdk/client-s3';\nconst sdk = await import('@aws-sdk/client-s3');\ntype Sdk = typeof import('@aws-sdk/client-s3');`,
      'packages/forwarder/src/handler.ts': `import './config/build.ts';\nimport './receivers/sqs.ts';`,
      'packages/cli/src/main.ts': `import '@serverless-otlp/dev-server';\nprocess.env.X;`,
      'packages/lambda/src/index.ts': `import '@serverless-otlp/stdout-exporter';`,
      'bench/floor.ts': `import 'node:zlib';\nimport type { Line } from './line.ts';`,
      'bench/relay.ts': `import '@serverless-otlp/testing';\nimport './floor.ts';`,
      'tests/e2e/a.test.ts': `import '../../packages/forwarder/dist/lambda/index.mjs';`,
    });
    expect(found).toEqual([]);
  });
});
