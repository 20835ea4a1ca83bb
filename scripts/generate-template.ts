/**
 * Writes deploy/template.yaml: the construct of packages/cdk, with parameters where a program would have values.
 *
 *   node --conditions=@serverless-otlp/source scripts/generate-template.ts
 *   node --conditions=@serverless-otlp/source scripts/generate-template.ts --check     fails when the template is not up to date
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './source-tree.ts';
import { templateText } from './template/text.ts';

const target = join(repositoryRoot, 'deploy/template.yaml');
const text = await templateText();
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  console.error(
    'deploy/template.yaml is not up to date: run `node --conditions=@serverless-otlp/source scripts/generate-template.ts`.',
  );
  process.exitCode = 1;
}
