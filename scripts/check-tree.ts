/**
 * Checks of the tree as a whole: nothing of one machine, nothing unfinished, names and lengths of files, links in the
 * documents, generated files.
 *
 *   npm run check:tree
 */
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { report, type Finding } from './finding.ts';
import { rootOf, sourceFiles } from './source-tree.ts';
import { fileFindings } from './tree/file-rules.ts';
import { generatedFindings } from './tree/generated.ts';
import { linkFindings } from './tree/markdown-links.ts';
import { textFindings } from './tree/text-rules.ts';

const isBinary = (bytes: Buffer): boolean => bytes.subarray(0, 8000).includes(0);

/** Everything `npm run check:tree` objects to below `root`. */
export const checkTree = (root: string): { readonly findings: readonly Finding[]; readonly summary: string } => {
  const files = sourceFiles(root);
  const findings: Finding[] = [];
  const pages = new Map<string, string>();
  for (const file of files) {
    if (lstatSync(join(root, file)).isSymbolicLink()) {
      findings.push({ file, message: `a symbolic link (to ${readlinkSync(join(root, file))})` });
      continue;
    }
    const bytes = readFileSync(join(root, file));
    if (isBinary(bytes)) continue;
    const text = bytes.toString();
    findings.push(...textFindings(file, text), ...fileFindings(file, text));
    if (file.endsWith('.md')) pages.set(file, text);
  }
  const { findings: broken, links } = linkFindings(pages, new Set(files));
  findings.push(...broken, ...generatedFindings(root));
  return { findings, summary: `${files.length} files, ${pages.size} pages, ${links} links` };
};

if (import.meta.main) {
  const { findings, summary } = checkTree(rootOf(process.argv));
  report('tree', findings, summary);
}
