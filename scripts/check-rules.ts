/**
 * Finds every rule that is due (scripts/rules-due.ts) in the title of a test that runs, and every test that does not.
 *
 *   npm run check:rules
 *   npm run check:rules -- --json     one object: missing, unknown, disabled, and where each rule is tested
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { report, type Finding } from './finding.ts';
import { DUE_RULES, LATER_RULES } from './rules-due.ts';
import { testTitles } from './rules/test-titles.ts';
import { rootOf, sourceFiles } from './source-tree.ts';

const TEST_FILE = /^(packages|tests|bench|examples|scripts)\/.*\.test\.ts$/;
/** A citation: the number, then `:` or another number. `U+D800:` is a code point, not a rule. */
const CITATION = /(?<![\w+])[A-Z]\d{1,2}[a-z]?(?=[:,])/g;
const FAMILIES = /^[URCJVED]/;

/** What the tests say about the rules. */
export interface RuleCoverage {
  /** Rule → `file:line` of the tests that carry it. */
  readonly tested: Readonly<Record<string, readonly string[]>>;
  readonly missing: readonly string[];
  readonly unknown: readonly Finding[];
  readonly disabled: readonly Finding[];
}

/** Reads all test titles below `root` and holds them against the rules that are due. */
export const checkRules = (
  root: string,
  due: readonly string[] = DUE_RULES,
  later: readonly string[] = LATER_RULES,
): RuleCoverage => {
  const known = new Set([...due, ...later]);
  const tested: Record<string, string[]> = {};
  const unknown: Finding[] = [];
  const disabled: Finding[] = [];
  for (const path of sourceFiles(root).filter((file) => TEST_FILE.test(file))) {
    const source = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
    const found = testTitles(source);
    for (const { how, line } of found.disabled) {
      disabled.push({ file: path, line, message: `${how}: a test that does not run looks green` });
    }
    // The scripts' own tests feed the checks with made-up titles; they prove no rule.
    if (path.startsWith('scripts/')) continue;
    for (const { text, line } of found.titles) {
      for (const [rule] of text.matchAll(CITATION)) {
        if (known.has(rule)) (tested[rule] ??= []).push(`${path}:${line}`);
        else if (FAMILIES.test(rule)) unknown.push({ file: path, line, message: `there is no rule ${rule}` });
      }
    }
  }
  return { tested, missing: due.filter((rule) => tested[rule] === undefined), unknown, disabled };
};

if (import.meta.main) {
  const coverage = checkRules(rootOf(process.argv));
  const missing = coverage.missing.map((rule) => ({
    file: 'scripts/rules-due.ts',
    message: `no test carries ${rule}`,
  }));
  const findings = [...coverage.unknown, ...coverage.disabled, ...missing];
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify(coverage, undefined, 2));
    process.exitCode = findings.length > 0 ? 1 : 0;
  } else {
    report('rules', findings, `${DUE_RULES.length - missing.length} of ${DUE_RULES.length} rules in test titles`);
  }
}
