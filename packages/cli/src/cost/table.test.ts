import type { Terminal } from '@serverless-otlp/dev-server';
import { describe, expect, it } from 'vitest';
import { tableText, usdText } from './table.ts';

const terminal: Terminal = { columns: 80, unicode: false, isTty: false, style: (_, text) => text };

describe('dollars for people', () => {
  it.each([
    [undefined, '?'],
    [0, '-'],
    [0.0049, '<0.01'],
    [0.005, '0.01'],
    [1.005, '1.00'],
    [99.994, '99.99'],
    [99.995, '100'],
    [1234.5, '1235'],
    [12_345_678, '1.23e+7'],
    [1e30, '1.00e+30'],
  ])('%s is %s', (usd, text) => {
    expect(usdText(usd)).toBe(text);
  });
});

describe('the table', () => {
  it('has the ways side by side, and a sum of what was not rounded', () => {
    const bill = (usd: number) => ({
      items: [
        { name: 'lines', usd },
        { name: 'dead letters', usd: undefined },
      ],
      usd,
    });
    const text = tableText(
      [
        { name: 'compatible', bytesPerLine: 1344.4, bill: bill(1.004) },
        { name: 'in-function', bill: { items: [{ name: 'longer', usd: 2 }], usd: 2 } },
      ],
      terminal,
    );
    expect(text).toBe(
      [
        'USD a month   compatible  in-function',
        'bytes a line        1344',
        'lines               1.00',
        'dead letters           ?',
        'longer                           2.00',
        'together            1.00         2.00',
        '',
      ].join('\n'),
    );
  });
});
