import { type Style, type Terminal, visible } from '@serverless-otlp/dev-server';
import { areaOf, docsOf, textOf } from './catalogue.ts';
import type { Finding, Status } from './check.ts';

const WORDS: Readonly<Record<Status, string>> = { pass: 'pass', warn: 'WARN', fail: 'FAIL', skipped: 'skip' };
const STYLES: Readonly<Record<Status, Style>> = { pass: 'green', warn: 'yellow', fail: 'red', skipped: 'dim' };

/** How many findings there are of each kind. */
export type Summary = Readonly<Record<Status, number>>;

/** Counts findings by what they say. */
export const summaryOf = (findings: readonly Finding[]): Summary => {
  const counts = { pass: 0, warn: 0, fail: 0, skipped: 0 };
  for (const { status } of findings) counts[status] += 1;
  return counts;
};

const seenOf = ({ subject, evidence }: Finding): string =>
  `        ${subject === undefined ? '' : `${visible(subject)}: `}${visible(evidence)}`;

/** One check, with everything it says in one way. */
const linesOf = (findings: readonly Finding[], { id, status }: Finding, { style }: Terminal): readonly string[] => {
  const { title, remedy } = textOf(id);
  const head = `  ${style(STYLES[status], WORDS[status])}  ${style('bold', id)}  ${style('dim', title)}`;
  const seen = findings.map(seenOf);
  if (status === 'pass' || status === 'skipped') return [head, ...seen.map((line) => style('dim', line))];
  return [head, ...seen, `        -> ${remedy}`, style('dim', `        ${docsOf(id)}`)];
};

/** What people read: findings by area, each that is not well with its remedy. `quiet` leaves out what passed or was skipped. */
export const findingsText = (findings: readonly Finding[], terminal: Terminal, quiet: boolean): string => {
  const shown = quiet ? findings.filter(({ status }) => status === 'warn' || status === 'fail') : findings;
  const groups = new Map<string, readonly Finding[]>();
  for (const finding of shown) {
    const key = `${finding.id} ${finding.status}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  let area: string | undefined;
  const lines = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const own = areaOf(first.id);
    const heading = own === area ? [] : [terminal.style('bold', own)];
    area = own;
    return [...heading, ...linesOf(group, first, terminal)];
  });
  return lines.map((line) => `${line}\n`).join('');
};

/** The last line. */
export const summaryText = ({ pass, warn, fail, skipped }: Summary, { style }: Terminal): string =>
  `${style(fail > 0 ? 'red' : warn > 0 ? 'yellow' : 'green', `${pass} passed, ${warn} warned, ${fail} failed, ${skipped} skipped`)}\n`;

/** What programs read. Its shape has a version; fields may be added to it. */
export const findingsJson = (target: object, findings: readonly Finding[], more: object = {}): string =>
  JSON.stringify({
    version: 1,
    ...target,
    summary: summaryOf(findings),
    findings: findings.map((finding) => ({
      ...finding,
      ...textOf(finding.id),
      docs: docsOf(finding.id),
    })),
    ...more,
  });
