import { describe, expect, it } from 'vitest';

import { generatedEnvelope } from './envelope.ts';
import { SIGNALS } from './schema.ts';
import { itemsOfLines } from './sent.ts';

const LINES = SIGNALS.map((signal) => generatedEnvelope(signal, 'a', 2));

describe('the comparison itself', () => {
  it('counts spans, data points and log records', () => {
    const { traces, metrics, logs } = itemsOfLines(LINES);
    expect([traces.length, metrics.length, logs.length]).toEqual([2, 2 * (7 + 3 + 2 + 1 + 1), 2 + 1]);
  });

  it('tells a doubled, a lost and a changed item', () => {
    const items = itemsOfLines(LINES);
    expect(itemsOfLines([...LINES, generatedEnvelope('logs', 'a', 1)])).not.toEqual(items);
    expect(itemsOfLines(LINES.slice(1))).not.toEqual(items);
    expect(itemsOfLines(SIGNALS.map((signal) => generatedEnvelope(signal, 'b', 2)))).not.toEqual(items);
  });

  it.each(SIGNALS)('keeps every kind of value: %s', (signal) => {
    const text = itemsOfLines([generatedEnvelope(signal, 'a', 2)])[signal].join('\n');
    const kept = {
      traces: ['18446744073709551615', '-9223372036854775808', '5e-324', '"boolValue":false'],
      metrics: ['NaN', '-Infinity', '"asInt":"0"', '9007199254740993', '"min":"0"'],
      logs: ['order.placed', '"bytesValue"'],
    };
    for (const value of kept[signal]) expect(text).toContain(value);
  });
});
