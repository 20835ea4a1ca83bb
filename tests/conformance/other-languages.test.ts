import { readdirSync, readFileSync } from 'node:fs';
import type { Telemetry } from '@serverless-otlp/forwarder';
import { describe, expect, it } from 'vitest';
import { canonicalRequest } from '../real/canonical.ts';
import { itemsOf } from '../real/items.ts';
import { requestType } from '../real/schema.ts';
import { type Items, itemsOfLines, sortedItems } from '../real/sent.ts';
import { forwardLines } from './pipeline.ts';

const folder = new URL('other-languages/', import.meta.url);
const linesOf = (file: string): readonly string[] => readFileSync(new URL(file, folder), 'utf8').trimEnd().split('\n');

/** What was sent, read by a decoder that is not ours. */
const itemsSent = (sent: readonly Telemetry[]): Items => {
  const items: Record<keyof Items, string[]> = { traces: [], metrics: [], logs: [] };
  for (const { request } of sent) {
    const { signal, bytes } = request;
    items[signal].push(...itemsOf(signal, canonicalRequest(signal, requestType(signal).decode(bytes), 'protobuf')));
  }
  return sortedItems(items);
};

const FILES = {
  'java-otlp-stdout.jsonl': { spans: 2, points: 4, records: 1, service: 'checkout-java' },
  'own-program.jsonl': { spans: 2, points: 1, records: 1, service: 'checkout-own' },
  'python-envelopes.jsonl': { spans: 4, points: 0, records: 0, service: 'checkout-python' },
  'python-otlp-json.jsonl': { spans: 2, points: 2, records: 1, service: 'checkout-python' },
  'rust-envelopes.jsonl': { spans: 4, points: 0, records: 0, service: 'checkout-rust' },
} as const;

it('knows every file', () => {
  const readme = readFileSync(new URL('README.md', folder), 'utf8');
  const files = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
  expect(files.sort()).toEqual(Object.keys(FILES));
  for (const file of files) expect(readme).toContain(`\`${file}\``);
});

describe.each(Object.entries(FILES))('%s', (file, { spans, points, records, service }) => {
  const lines = linesOf(file);

  it('D18: is forwarded, item by item what independent decoders find in the lines', async () => {
    const { sent, report } = await forwardLines(lines);
    expect(report.lines).toEqual({ in: lines.length, decoded: lines.length, ignored: 0, quarantined: 0 });
    expect(report.balanced).toBe(true);
    const items = itemsSent(sent);
    expect(items).toEqual(itemsOfLines(lines));
    expect([items.traces.length, items.metrics.length, items.logs.length]).toEqual([spans, points, records]);
  });

  it('says what the program said', async () => {
    const { traces, metrics, logs } = itemsSent((await forwardLines(lines)).sent);
    const said = [...traces, ...metrics, ...logs];
    expect(said.filter((item) => !item.includes(`"${service}"`))).toEqual([]);
    for (const word of ['POST /orders', 'ünïcode', 'DynamoDB.GetItem', 'retry']) expect(traces.join()).toContain(word);
    if (points > 0) expect(metrics.join()).toContain('"tier"');
    if (records > 0) expect(logs.join()).toContain('order taken');
  });
});

it('the program of the guide is the one that was run', () => {
  const guide = readFileSync(new URL('../../docs/guides/other-languages.md', import.meta.url), 'utf8');
  const program = readFileSync(new URL('programs/own_program.py', folder), 'utf8');
  const written = /def write\(.*?\n(?=```|\n\n)/s;
  expect(written.exec(program)?.[0]).toBe(written.exec(guide)?.[0]);
});
