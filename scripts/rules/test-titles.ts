import ts from 'typescript';

/** The title of a test or group that will run. */
export interface Title {
  readonly text: string;
  readonly line: number;
}

/** What a test file promises, and where it silently promises less. */
export interface TestTitles {
  readonly titles: readonly Title[];
  /** `.only`, `.skip`, `.todo`, `skipIf`, `runIf`, `ctx.skip()`: a test that looks green without running. */
  readonly disabled: readonly { readonly how: string; readonly line: number }[];
}

const ROOTS: ReadonlySet<string> = new Set(['it', 'test', 'describe']);
const DISABLING: ReadonlySet<string> = new Set(['skip', 'only', 'todo', 'skipIf', 'runIf']);
const CONTEXTS: ReadonlySet<string> = new Set(['ctx', 'context', 't', 'task']);

interface TestCall {
  readonly root: string;
  /** Words after the root: `it.each(table)` has `each`. */
  readonly words: readonly string[];
  /** Arguments of `each`, `for` and `prop`: titles may stand in the table. */
  readonly tables: readonly ts.Node[];
}

/** Takes apart `it.each(table)` and its like; `undefined` when it is not about a test. */
const testCall = (callee: ts.Expression): TestCall | undefined => {
  if (ts.isIdentifier(callee)) {
    return ROOTS.has(callee.text) ? { root: callee.text, words: [], tables: [] } : undefined;
  }
  if (ts.isPropertyAccessExpression(callee)) {
    const inner = testCall(callee.expression);
    return inner && { ...inner, words: [...inner.words, callee.name.text] };
  }
  if (ts.isCallExpression(callee)) {
    const inner = testCall(callee.expression);
    return inner && { ...inner, tables: [...inner.tables, ...callee.arguments] };
  }
  if (ts.isTaggedTemplateExpression(callee)) {
    const inner = testCall(callee.tag);
    return inner && { ...inner, tables: [...inner.tables, callee.template] };
  }
  return undefined;
};

/** The fixed text of a title; the inserted parts of a template become `…`. */
const literal = (node: ts.Node | undefined): string | undefined => {
  if (node === undefined) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join('');
};

/** Every string inside a table; a name is followed to its `const` in the same file. */
const stringsIn = (table: ts.Node, constants: ReadonlyMap<string, ts.Expression>): readonly ts.Node[] => {
  if (literal(table) !== undefined) return [table];
  const known = ts.isIdentifier(table) ? constants.get(table.text) : undefined;
  if (known !== undefined) return stringsIn(known, new Map());
  const found: ts.Node[] = [];
  ts.forEachChild(table, (child) => {
    found.push(...stringsIn(child, constants));
  });
  return found;
};

const disablingOption = (call: ts.CallExpression): string | undefined => {
  const options = call.arguments.find(ts.isObjectLiteralExpression);
  const found = options?.properties.find((property) => DISABLING.has(property.name?.getText() ?? ''));
  return found?.name?.getText();
};

const holdsTests = (call: ts.CallExpression): boolean =>
  call.arguments.some((argument) => /\b(it|test)\b|Contract\(/.test(argument.getText()));

/** Reads the titles of all tests in a file. What stands inside a skipped group does not count. */
export const testTitles = (file: ts.SourceFile): TestTitles => {
  const titles: Title[] = [];
  const disabled: { how: string; line: number }[] = [];
  const constants = new Map<string, ts.Expression>();
  const lineOf = (node: ts.Node): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;

  const visitCall = (node: ts.CallExpression, off: boolean): boolean => {
    const { expression } = node;
    if (ts.isPropertyAccessExpression(expression) && expression.name.text === 'skip') {
      const on = expression.expression;
      if (ts.isIdentifier(on) && CONTEXTS.has(on.text)) disabled.push({ how: 'skip()', line: lineOf(node) });
    }
    const call = testCall(expression);
    if (call === undefined || call.words.some((word) => /^(before|after|extend)/.test(word))) return off;
    const how = call.words.find((word) => DISABLING.has(word)) ?? disablingOption(node);
    // `it.each(table)` is itself a call whose callee is a test: only the outer one carries the title.
    const title = node.arguments[0];
    const isCurried = ts.isCallExpression(node.parent) && node.parent.expression === node;
    if (isCurried || title === undefined) return off;
    if (how !== undefined) disabled.push({ how: `${call.root}.${how}`, line: lineOf(node) });
    if (off || how !== undefined) return true;
    if (call.root === 'describe' && !holdsTests(node)) return off;
    const text = literal(title);
    if (text !== undefined) titles.push({ text, line: lineOf(title) });
    if (text === undefined || /[%$…]/.test(text)) {
      for (const string of call.tables.flatMap((table) => stringsIn(table, constants))) {
        titles.push({ text: literal(string) ?? '', line: lineOf(string) });
      }
    }
    return off;
  };

  const visit = (node: ts.Node, off: boolean): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined) {
      constants.set(node.name.text, node.initializer);
    }
    const inside = ts.isCallExpression(node) ? visitCall(node, off) : off;
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(file, false);
  return { titles, disabled };
};
