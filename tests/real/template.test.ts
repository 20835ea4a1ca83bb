import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ASSETS_CONTEXT } from '@serverless-otlp/cdk';
import { App, type Stack } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { accountWide } from '../../examples/cdk/account-wide.ts';
import { minimal } from '../../examples/cdk/minimal.ts';
import { production } from '../../examples/cdk/production.ts';
import { cacheFolder } from '../../scripts/real/cache.ts';
import { runCommand } from '../../scripts/real/run-command.ts';
import { repositoryRoot } from '../../scripts/source-tree.ts';
import { installCfnLint } from '../../scripts/template/cfn-lint.ts';

const folder = mkdtempSync(join(tmpdir(), 'otlp-templates-'));
const timeoutMs = 60_000;
let python: string;

beforeAll(async () => {
  for (const name of ['forwarder.zip', 'serverless-otlp-layer.zip']) writeFileSync(join(folder, name), 'any');
  python = await installCfnLint(cacheFolder(process.env), inject('parts').awsEmulator, process.env);
}, 16 * 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Its script in the virtual environment knows where it was made, and has been moved since. */
const MAIN = 'from cfnlint.runner import main; main()';

/** What cfn-lint says of a template; throws when it finds anything. */
const lint = (template: string, ...options: readonly string[]): Promise<string> =>
  runCommand(python, ['-c', MAIN, '--template', template, ...options], { env: process.env, timeoutMs });

const REGIONS = ['--regions', 'us-east-1', 'eu-central-1', 'cn-north-1'];

describe('cfn-lint', () => {
  it('finds nothing in deploy/template.yaml, also in China', async () => {
    expect(await lint(join(repositoryRoot, 'deploy/template.yaml'), ...REGIONS)).toBe('');
  });

  it.each([
    ['minimal', minimal],
    ['production', production],
    ['account-wide', accountWide],
  ] as const)('finds nothing in the stack of examples/cdk/%s.ts', async (_name, example: (app: App) => Stack) => {
    const app = new App({ outdir: join(folder, example.name), context: { [ASSETS_CONTEXT]: folder } });
    const { stackName } = example(app);
    const { templateFile } = app.synth().getStackByName(stackName);
    // The CDK lets a function depend on the role it has: that is said twice, and harms nobody.
    const found = await lint(join(folder, example.name, templateFile), '--ignore-checks', 'W3005');
    expect(found).toBe('');
  });

  it('finds what is wrong', async () => {
    const template = join(folder, 'wrong.json');
    writeFileSync(template, JSON.stringify({ Resources: { A: { Type: 'AWS::Lambda::Function', Properties: {} } } }));
    await expect(lint(template)).rejects.toThrow('E3003');
  });
});

it('is required by an app in CommonJS under Node.js 22', async () => {
  const app = `const { App, Stack } = require('aws-cdk-lib');
    const { Code } = require('aws-cdk-lib/aws-lambda');
    const { OtlpForwarder } = require('@serverless-otlp/cdk');
    const stack = new Stack(new App(), 'Stack');
    new OtlpForwarder(stack, 'Telemetry', { code: Code.fromInline('code'), endpoint: 'https://collector.example' });
    console.log(stack.node.findAll().length > 20);`;
  const args = ['--conditions=@serverless-otlp/source', '--input-type=commonjs', '--eval', app];
  const env = { ...process.env, NODE_NO_WARNINGS: '1' };
  expect(await runCommand(inject('parts').node22, args, { cwd: repositoryRoot, env, timeoutMs })).toBe('true\n');
});
