import { describe, expect, it } from 'vitest';
import type { Terminal } from '../config/terminal.ts';
import { pointLine, recordLine } from './single-line.ts';

const terminal: Terminal = { columns: 60, unicode: true, isTty: false, style: (_, text) => text };
const record = {
  timeNs: 0n,
  service: 'cart',
  severity: 'WARN',
  body: 'two\nlines',
  traceId: 'ab',
  attributes: ['k=v'],
};

describe('single lines', () => {
  it('put a log record on one line, line feeds shown', () => {
    expect(recordLine(record, terminal)).toBe('00:00:00.000 WARN  cart two\\nlines k=v trace=ab');
  });

  it('put a data point on one line', () => {
    const point = {
      timeNs: 0n,
      service: 'cart',
      name: 'items',
      unit: '{item}',
      type: 'gauge',
      value: '3',
      attributes: [],
    };
    expect(pointLine(point, terminal)).toBe('00:00:00.000 POINT cart items 3 {item} (gauge)');
  });

  it('cut at the edge of the terminal, before colouring', () => {
    const coloured: Terminal = { ...terminal, style: (_, text) => `<${text}>` };
    const line = recordLine({ ...record, body: 'x'.repeat(100) }, coloured);
    expect(line.replaceAll(/[<>]/g, '')).toHaveLength(60);
    expect(line).toMatch(/…>$/);
  });
});
