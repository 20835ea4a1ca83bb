import { readdirSync, readFileSync } from 'node:fs';
import { SIGNALS } from '@serverless-otlp/otlp';
import { ORACLES, protobufjsOracle, sampleRequest } from '@serverless-otlp/testing';
import { describe, expect, it } from 'vitest';
import { forwardLines } from './pipeline.ts';

/** Written from descriptions: see the README beside them. */
const folder = new URL('../fixtures/hand-made/dialects/', import.meta.url);
const files = readdirSync(folder).sort();
const linesOf = (file: string): readonly string[] => readFileSync(new URL(file, folder), 'utf8').trimEnd().split('\n');

it('has every dialect of the specification, and each file is explained', () => {
  const readme = readFileSync(new URL('../README.md', folder), 'utf8');
  const explained = [...readme.matchAll(/^\| `([a-z0-9*-]+)`/gm)].map(([, name = '']) => name);
  const names = files.map((file) => file.replace('.jsonl', ''));
  const pattern = (name: string): RegExp => new RegExp(`^${name.replace('*', '[a-z0-9-]+')}$`);
  expect(names.filter((name) => !explained.some((one) => pattern(one).test(name)))).toEqual([]);
  expect(explained.filter((one) => !names.some((name) => pattern(one).test(name)))).toEqual([]);
  expect(files).toHaveLength(25);
});

describe.each(files)('%s', (file) => {
  const lines = linesOf(file);

  it('D18, E2: forwards three signals, and to independent decoders they hold what was written', async () => {
    expect(lines).toHaveLength(3);
    const { sent, report } = await forwardLines(lines);
    expect(report.lines).toEqual({ in: 3, decoded: 3, ignored: 0, quarantined: 0 });
    expect(report.balanced).toBe(true);
    expect(sent.map(({ request }) => request.signal)).toEqual([...SIGNALS]);
    for (const { request } of sent) {
      expect(request.items).toBe(3);
      const written = sampleRequest(request.signal, { items: 3, idPrefix: 'hand-made' });
      const bytes = protobufjsOracle.encode(request.signal, written);
      for (const oracle of ORACLES) {
        expect(oracle.decode(request.signal, request.bytes)).toEqual(oracle.decode(request.signal, bytes));
      }
    }
  });

  it('D19: keeps nothing of what the writer says of itself', async () => {
    const { sent, report } = await forwardLines(lines);
    for (const { metadata } of sent) expect(Object.keys(metadata).sort()).toEqual(['log_group', 'log_stream', 'owner']);
    expect(JSON.stringify(report)).not.toMatch(/canary|tenant|4318|collector\.example/);
  });
});
