import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { repositoryRoot, sourceFiles } from '../../../scripts/source-tree.ts';

/** A place where the process may die: an `await`, or a round of a `for await`. */
export interface Point {
  readonly file: string;
  readonly line: number;
  /** The source there, in one line. */
  readonly text: string;
}

/** Sources whose every `await` tells that it is passed, by URL. */
export interface Instrumented {
  readonly points: readonly Point[];
  readonly sources: Readonly<Record<string, string>>;
}

const CODE = /^packages\/forwarder\/src\/(?:until|(?:exporters|http|pipeline|dead-letter)\/.*)(?<!\.test|\.fuzz)\.ts$/;

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/**
 * Finds every `await` by the syntax tree and puts calls of `environment/passing.ts` around it. Only inserts, on the same lines, so that
 * one in another is no special case and stack traces stay true.
 */
export const instrument = (): Instrumented => {
  const points: Point[] = [];
  const sources: Record<string, string> = {};
  for (const file of sourceFiles(repositoryRoot).filter((path) => CODE.test(path))) {
    const path = join(repositoryRoot, file);
    const text = readFileSync(path, 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const insertions: Insertion[] = [];
    const numberOf = (node: ts.Node): number => {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      const [first = ''] = node.getText().split('\n');
      return points.push({ file, line: line + 1, text: first.slice(0, 80) }) - 1;
    };
    const around = (node: ts.Node, before: string, after: string): void => {
      insertions.push({ at: node.getStart(), text: before }, { at: node.getEnd(), text: after });
    };
    const visit = (node: ts.Node): void => {
      if (ts.isAwaitExpression(node)) {
        const point = numberOf(node);
        around(node, `(passing.before(${point}),passing.after(${point},`, '))');
      } else if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) {
        around(node.expression, `passing.through(${numberOf(node)},`, ')');
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    if (insertions.length > 0) sources[pathToFileURL(path).href] = applied(text, insertions);
  }
  return { points, sources };
};

/** Where several insertions meet, an outer one opens first and closes last, which is the order a walk from outside finds them in. */
const applied = (text: string, insertions: readonly Insertion[]): string => {
  const opening = insertions.filter((_, index) => index % 2 === 0);
  const closing = insertions.filter((_, index) => index % 2 === 1).reverse();
  const sorted = [...closing, ...opening].sort((a, b) => a.at - b.at);
  let result = '';
  let at = 0;
  for (const insertion of sorted) {
    result += text.slice(at, insertion.at) + insertion.text;
    at = insertion.at;
  }
  return result + text.slice(at);
};
