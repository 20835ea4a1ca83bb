import type { PointRow } from '../store/points.ts';
import type { RecordRow } from '../store/records.ts';
import type { Style, Terminal } from '../config/terminal.ts';
import { glyphsOf } from './glyphs.ts';
import { printable } from './printable.ts';
import { timeText } from './quantities.ts';
import { serviceStyle } from './services.ts';
import { cut, widthOf } from './width.ts';

const SEVERITY_STYLES: Readonly<Record<string, Style>> = { FATAL: 'red', ERROR: 'red', WARN: 'yellow' };

type Part = readonly [text: string, style: Style];

/** Parts side by side, the line cut at the edge of the terminal; cut before it is coloured, so that no colour code is cut. */
const lineOf = (parts: readonly Part[], terminal: Terminal): string => {
  const { ellipsis } = glyphsOf(terminal.unicode);
  const show = printable(terminal.unicode);
  let room = terminal.columns;
  let line = '';
  for (const [text, style] of parts) {
    const shown = cut(show(text), room, ellipsis);
    if (shown === '') continue;
    line += (line === '' ? '' : ' ') + terminal.style(style, shown);
    room -= widthOf(shown) + 1;
  }
  return line;
};

/** A log record on one line. */
export const recordLine = (record: RecordRow, terminal: Terminal): string =>
  lineOf(
    [
      [timeText(record.timeNs), 'dim'],
      [record.severity.padEnd(5), SEVERITY_STYLES[record.severity] ?? 'plain'],
      [record.service, serviceStyle(record.service)],
      [record.body, 'plain'],
      [record.attributes.join(' '), 'dim'],
      [record.traceId === '' ? '' : `trace=${record.traceId}`, 'dim'],
    ],
    terminal,
  );

/** A metric data point on one line. */
export const pointLine = (point: PointRow, terminal: Terminal): string =>
  lineOf(
    [
      [timeText(point.timeNs), 'dim'],
      ['POINT', 'dim'],
      [point.service, serviceStyle(point.service)],
      [point.name, 'plain'],
      [`${point.value}${point.unit === '' ? '' : ` ${point.unit}`}`, 'bold'],
      [`(${point.type})`, 'dim'],
      [point.attributes.join(' '), 'dim'],
    ],
    terminal,
  );
