/**
 * Writes a new component: a small working one, its test on the contract suite, its page of documentation.
 *
 *   npm run new -- processor redact_names
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import * as prettier from 'prettier';
import { componentFiles, componentOf, FOLDERS, type Component } from './new/component-files.ts';
import { withSubpathExport } from './new/subpath-export.ts';
import { repositoryRoot } from './source-tree.ts';

const MANIFEST = 'packages/forwarder/package.json';

const create = async (root: string, component: Component): Promise<void> => {
  const files = componentFiles(component);
  const existing = Object.keys(files).find((path) => existsSync(join(root, path)));
  if (existing !== undefined) throw new Error(`${existing} exists already: choose another name, or remove it first`);
  const manifest = withSubpathExport(readFileSync(join(root, MANIFEST), 'utf8'), component);
  const style = await prettier.resolveConfig(join(repositoryRoot, 'package.json'));
  for (const [path, text] of Object.entries(files)) {
    const pretty = await prettier.format(text, { ...style, filepath: path });
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), pretty);
  }
  writeFileSync(join(root, MANIFEST), manifest);
};

const nextSteps = ({ kind, id, kebab }: Component): string => {
  const source = `packages/forwarder/src/${FOLDERS[kind]}/${kebab}`;
  return `Written:
  ${source}.ts                a small ${kind} that works; make it yours
  ${source}.test.ts           its contract suite and a first test
  docs/reference/${FOLDERS[kind]}/${kebab}.md
  packages/forwarder/package.json    subpath ./${FOLDERS[kind]}/${kebab}

Next:
  1. npx vitest run ${source}.test.ts
  2. Change the ${kind}; keep the suite green. docs/specs/component.md says what is asked of it.
  3. Register ${id} in packages/forwarder/src/config/, so that a configuration file can name it.
  4. npm test && npm run lint && npm run check`;
};

const arguments_ = (): { readonly root: string; readonly component: Component } => {
  const options = { root: { type: 'string', default: repositoryRoot } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (positionals.length > 2) throw new Error(`too many words: ${positionals.slice(2).join(' ')}`);
  return { root: values.root, component: componentOf(positionals[0], positionals[1]) };
};

try {
  const { root, component } = arguments_();
  await create(root, component);
  console.log(nextSteps(component));
} catch (error) {
  console.error(`new: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
