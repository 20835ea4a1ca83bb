import { expect, it } from 'vitest';
import { checkDocs } from './check-docs.ts';
import { tempTree } from './temp-tree.ts';

const block = (language: string, ...lines: readonly string[]): string =>
  ['```' + language, ...lines, '```', ''].join('\n');

it('finds what does not compile, at its line of the page, and leaves pieces of code alone', () => {
  using tree = tempTree({
    'package.json': '{"type":"module"}',
    'docs/page.md': [
      '# A page',
      block('ts', '// one.ts', "export { two } from './two.ts';", "export const one: number = 'one';"),
      block('ts', '// two.ts', "import type { one } from './one.ts';", 'export const two: typeof one = 2;'),
      block('ts', '// three.ts', "import { say } from './said.js';", 'say(three);'),
      block('js', '// said.js', "export { two } from './two.ts';", 'export const say = (text) => text;'),
      block('ts', 'new Piece(of, code);'),
    ].join('\n'),
    'packages/a/src/there.ts': 'export const there = 1;',
    'CONTRIBUTING.md': block('ts', '// packages/a/src/new.ts', "export { there, missing } from './there.ts';"),
  });
  const { findings, files } = checkDocs(tree.root);
  expect(files).toBe(5);
  expect(findings).toEqual([
    {
      file: 'CONTRIBUTING.md',
      line: 3,
      message: expect.stringContaining("has no exported member 'missing'") as string,
    },
    { file: 'docs/page.md', line: 5, message: "Type 'string' is not assignable to type 'number'." },
    { file: 'docs/page.md', line: 17, message: "Cannot find name 'three'." },
  ]);
}, 60_000);
