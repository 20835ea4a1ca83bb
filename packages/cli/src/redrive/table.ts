import { type Terminal, visible } from '@serverless-otlp/dev-server';
import type { ReadEntry } from './entries.ts';
import { bytesText, timeText } from './quantities.ts';
import type { Row } from './rows.ts';

const HEADINGS = ['STATE', 'DESTINATION', 'KIND', 'OBJECTS', 'SIZE', 'ITEMS', 'OLDEST', 'NEWEST'];
const RIGHT: ReadonlySet<number> = new Set([3, 4, 5]);
const INDENT = '            ';

/** Only part of a row may have been read; and nobody counts what cannot be read in items. */
const itemsText = ({ items, lines, read, objects }: Row): string => {
  const more = read < objects ? '+' : '';
  if (lines > 0) return `${lines}${more} ${lines === 1 && more === '' ? 'line' : 'lines'}`;
  return items === 0 ? '-' : `${items}${more}`;
};

const cellsOf = (row: Row): readonly string[] => [
  row.state,
  visible(row.destination),
  visible(row.kind),
  String(row.objects),
  bytesText(row.bytes),
  itemsText(row),
  timeText(row.oldest),
  timeText(row.newest),
];

/** What waits, as a table for people; below each row why. */
export const tableText = (rows: readonly Row[], terminal: Terminal): string => {
  const cells = rows.map(cellsOf);
  const widths = HEADINGS.map((heading, column) =>
    cells.reduce((width, row) => Math.max(width, (row[column] ?? '').length), heading.length),
  );
  const lineOf = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        RIGHT.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const lines = rows.flatMap((row, index) => [
    lineOf(cells[index] ?? []),
    ...row.reasons.map(({ reason, objects }) => terminal.style('dim', `${INDENT}${objects} × ${visible(reason)}`)),
  ]);
  return [terminal.style('bold', lineOf(HEADINGS)), ...lines].map((line) => `${line}\n`).join('');
};

/** One object on one line. */
export const longText = ({ entry, head }: ReadEntry): string => {
  const what = head.lines !== undefined ? `${head.lines} lines` : `${head.items ?? '-'} items`;
  const size = bytesText(entry.bytes).padStart(7);
  return `${visible(entry.key)}  ${size}  ${what}  ${visible(head.reason)}\n`;
};
