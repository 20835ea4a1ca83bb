import type { Finding } from '../finding.ts';

interface TextRule {
  readonly forbids: RegExp;
  readonly message: string;
  /** Files the rule is about; default all. */
  readonly files?: RegExp;
}

const CODE = /\.(ts|mts|cts|js|mjs|cjs|sh|ya?ml|md)$|(^|\/)(run|Dockerfile)$/;

/** Patterns are written so that this file does not match itself. */
const RULES: readonly TextRule[] = [
  { forbids: /\.\.\/shared\//, message: 'a path that leaves the repository' },
  { forbids: /(?<![\w.~-])\/(work|root)\//, message: 'an absolute path of one machine' },
  {
    forbids:
      /registry\.(npmjs|yarnpkg|npmmirror)\.|npm\.pkg\.github\.com|proxy\.golang\.|files\.pythonhosted\.|pypi\.org\/simple/,
    message: 'a registry host: which one is used is for the machine to say',
  },
  {
    forbids: /"resolved": "https?:/,
    message: 'a resolved url: write the lock file with omit-lockfile-registry-resolved',
    files: /(^|\/)package-lock\.json$/,
  },
  { forbids: /\b(TO[D]O|FIX[M]E|XX[X])\b/, message: 'unfinished: do it or write down why not', files: CODE },
];

/** Lines of a file that must not be in the repository. */
export const textFindings = (file: string, text: string): readonly Finding[] => {
  const rules = RULES.filter(({ files, forbids }) => (files?.test(file) ?? true) && forbids.test(text));
  if (rules.length === 0) return [];
  return text.split('\n').flatMap((line, index) =>
    rules
      .filter(({ forbids }) => forbids.test(line))
      .map(({ forbids, message }) => ({
        file,
        line: index + 1,
        message: `${message} (${forbids.exec(line)?.[0] ?? ''})`,
      })),
  );
};
