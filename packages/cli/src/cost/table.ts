import type { Terminal } from '@serverless-otlp/dev-server';
import type { Bill, Item } from './model.ts';

/** One way, and what a month of it costs. */
export interface Column {
  readonly name: string;
  /** Mean bytes of a line; a Collector in the function prints none. */
  readonly bytesPerLine?: number;
  readonly bill: Bill;
}

/** Two decimals where they mean something, whole dollars above a hundred: nobody can know more. */
export const usdText = (usd: number | undefined): string => {
  if (usd === undefined) return '?';
  if (usd === 0) return '-';
  if (usd < 0.005) return '<0.01';
  if (usd < 99.995) return usd.toFixed(2);
  return usd < 1e6 ? usd.toFixed(0) : usd.toPrecision(3);
};

const rowNames = (columns: readonly Column[]): readonly string[] => [
  ...new Set(columns.flatMap(({ bill }) => bill.items.map(({ name }) => name))),
];

const cellOf = (items: readonly Item[], name: string): string => {
  const item = items.find((one) => one.name === name);
  return item === undefined ? '' : usdText(item.usd);
};

/** The ways side by side, a row for each line of the bill, the sums last. */
export const tableText = (columns: readonly Column[], terminal: Terminal): string => {
  const rows = [
    ['USD a month', ...columns.map(({ name }) => name)],
    ['bytes a line', ...columns.map(({ bytesPerLine }) => bytesPerLine?.toFixed(0) ?? '')],
    ...rowNames(columns).map((name) => [name, ...columns.map(({ bill }) => cellOf(bill.items, name))]),
    ['together', ...columns.map(({ bill }) => usdText(bill.usd))],
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lineOf = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return rows
    .map((row, index) => {
      const line = lineOf(row);
      return `${index === 0 || index === rows.length - 1 ? terminal.style('bold', line) : line}\n`;
    })
    .join('');
};
