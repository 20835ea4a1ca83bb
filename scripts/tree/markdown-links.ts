import { posix } from 'node:path';
import type { Finding } from '../finding.ts';

/** A page's links and the anchors others may link to. */
interface Page {
  readonly links: readonly { readonly target: string; readonly line: number }[];
  readonly anchors: ReadonlySet<string>;
}

/** The anchor GitHub makes of a heading. */
const slugOf = (heading: string): string =>
  heading
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]|<[^>]+>/g, '')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

const targetsIn = (line: string): readonly string[] => {
  const prose = line.replace(/(`+)[^`].*?\1/g, '');
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+["'(][^)]*)?\)/g)];
  const definitions = [...prose.matchAll(/^\s{0,3}\[[^\]]+\]:\s*<?([^\s>]+)/g)];
  const html = [...prose.matchAll(/\b(?:href|src)="([^"]+)"/g)];
  return [...inline, ...definitions, ...html].map((match) => match[1] ?? '');
};

const readPage = (text: string): Page => {
  const links: { target: string; line: number }[] = [];
  const anchors = new Set<string>();
  const addAnchor = (heading: string): void => {
    const slug = slugOf(heading);
    let free = slug;
    for (let count = 1; anchors.has(free); count += 1) free = `${slug}-${count}`;
    anchors.add(free);
  };
  let fence: string | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || (mark.startsWith(fence) && line.trim() === mark))) {
      fence = fence === undefined ? mark : undefined;
      continue;
    }
    if (fence !== undefined) continue;
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
    if (heading !== undefined) addAnchor(heading);
    for (const [, id] of line.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) anchors.add(id ?? '');
    links.push(...targetsIn(line).map((target) => ({ target, line: index + 1 })));
  }
  return { links, anchors };
};

const exists = (path: string, files: ReadonlySet<string>): boolean =>
  path === '.' || files.has(path) || [...files].some((file) => file.startsWith(`${path.replace(/\/$/, '')}/`));

/** Relative links in Markdown pages that lead to no file of the repository or to no heading of the page. */
export const linkFindings = (
  pages: ReadonlyMap<string, string>,
  files: ReadonlySet<string>,
): { readonly findings: readonly Finding[]; readonly links: number } => {
  const read = new Map([...pages].map(([path, text]) => [path, readPage(text)]));
  const findings: Finding[] = [];
  let checked = 0;
  const objection = (from: string, target: string): string | undefined => {
    if (target.startsWith('/')) return `${target}: write links relative to the page`;
    const [path = '', anchor] = target.split('#', 2).map(decodeURIComponent);
    const to = path === '' ? from : posix.normalize(posix.join(posix.dirname(from), path));
    if (!exists(to, files)) return `${target}: there is no ${to}`;
    if (anchor === undefined || !to.endsWith('.md')) return undefined;
    return read.get(to)?.anchors.has(anchor) === true ? undefined : `${target}: ${to} has no heading #${anchor}`;
  };
  for (const [file, { links }] of read) {
    for (const { target, line } of links.filter((link) => !/^[a-z][a-z0-9+.-]*:/i.test(link.target))) {
      checked += 1;
      const message = objection(file, target);
      if (message !== undefined) findings.push({ file, line, message });
    }
  }
  return { findings, links: checked };
};
