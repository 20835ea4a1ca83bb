import ts from 'typescript';

/** One mention of another module: static, dynamic, re-exported or as a type. */
export interface Reference {
  /** `undefined` when the specifier is computed at run time. */
  readonly specifier: string | undefined;
  readonly line: number;
  readonly typeOnly: boolean;
  /** Loaded by `import()`, when the line is reached. */
  readonly dynamic: boolean;
}

const textOf = (node: ts.Node | undefined): string | undefined =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;

const isTypeOnly = (clause: ts.ImportClause | undefined): boolean => {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  if (clause.name !== undefined || bindings === undefined || !ts.isNamedImports(bindings)) return false;
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
};

interface Specifier {
  readonly at: ts.Node | undefined;
  readonly typeOnly: boolean;
  readonly dynamic?: true;
}

const specifierOf = (node: ts.Node): Specifier | undefined => {
  if (ts.isImportDeclaration(node)) return { at: node.moduleSpecifier, typeOnly: isTypeOnly(node.importClause) };
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return { at: node.moduleSpecifier, typeOnly: node.isTypeOnly };
  }
  if (ts.isImportTypeNode(node)) {
    return { at: ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument, typeOnly: true };
  }
  if (ts.isExternalModuleReference(node)) return { at: node.expression, typeOnly: false };
  if (ts.isCallExpression(node)) {
    const { expression } = node;
    if (expression.kind === ts.SyntaxKind.ImportKeyword)
      return { at: node.arguments[0], typeOnly: false, dynamic: true };
    if (isRequire(expression)) return { at: node.arguments[0], typeOnly: false };
  }
  return undefined;
};

const isRequire = (expression: ts.Expression): boolean =>
  (ts.isIdentifier(expression) && expression.text === 'require') ||
  (ts.isPropertyAccessExpression(expression) &&
    ts.isIdentifier(expression.expression) &&
    expression.expression.text === 'require');

/** Every module `text` refers to, in order of appearance. */
export const referencesOf = (file: ts.SourceFile): readonly Reference[] => {
  const found: Reference[] = [];
  const visit = (node: ts.Node): void => {
    const hit = specifierOf(node);
    if (hit !== undefined) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      const { at, typeOnly, dynamic = false } = hit;
      found.push({ specifier: textOf(at), line: line + 1, typeOnly, dynamic });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
};

/** Lines that read `process.env`, by whatever spelling. */
export const environmentReads = (file: ts.SourceFile): readonly number[] => {
  const found: number[] = [];
  const visit = (node: ts.Node): void => {
    if (readsEnvironment(node)) found.push(file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
};

const isProcess = (node: ts.Node | undefined): boolean =>
  node !== undefined &&
  ((ts.isIdentifier(node) && node.text === 'process') ||
    (ts.isPropertyAccessExpression(node) &&
      node.name.text === 'process' &&
      node.expression.getText() === 'globalThis'));

const readsEnvironment = (node: ts.Node): boolean => {
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'env' && isProcess(node.expression);
  if (ts.isElementAccessExpression(node))
    return textOf(node.argumentExpression) === 'env' && isProcess(node.expression);
  if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name) && isProcess(node.initializer)) {
    return node.name.elements.some((element) => (element.propertyName ?? element.name).getText() === 'env');
  }
  if (ts.isImportSpecifier(node) && (node.propertyName ?? node.name).text === 'env') {
    return /^(node:)?process$/.test(textOf(node.parent.parent.parent.moduleSpecifier) ?? '');
  }
  return false;
};
