/**
 * Writes deploy/template.yaml, which is the construct of packages/cdk with parameters where a program would have values, and the types of
 * its settings out of the schema of the configuration file.
 *
 *   node --conditions=@serverless-otlp/source scripts/generate-template.ts
 *   node --conditions=@serverless-otlp/source scripts/generate-template.ts --check     fails when one of them is not up to date
 */
import { settingsText } from './template/settings-types.ts';
import { writeOrCheck } from './write-or-check.ts';

const COMMAND = 'node --conditions=@serverless-otlp/source scripts/generate-template.ts';

writeOrCheck('packages/cdk/src/settings.ts', await settingsText(), COMMAND);
// Made of the construct, which is made of the settings.
const { templateText } = await import('./template/text.ts');
writeOrCheck('deploy/template.yaml', await templateText(), COMMAND);
