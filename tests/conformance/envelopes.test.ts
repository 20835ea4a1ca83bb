import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { ORACLES } from '@serverless-otlp/testing';
import { describe, expect, it } from 'vitest';
import { forwardLines } from './pipeline.ts';

/** Lines that the published Node exporter 0.17.3 wrote. */
const folder = new URL('../fixtures/envelopes/', import.meta.url);
const files = readdirSync(folder).sort();
const linesOf = (file: string): readonly string[] => readFileSync(new URL(file, folder), 'utf8').trimEnd().split('\n');

interface Traces {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly unknown[] }[] }[];
}

/** What a line holds, read without any of our code. */
const payloadOf = (line: string): Uint8Array =>
  gunzipSync(Buffer.from((JSON.parse(line) as { payload: string }).payload, 'base64'));

it('has all fixtures', () => {
  expect(files.map((file) => [file.replace('envelope-node-0.17.3-', ''), linesOf(file).length])).toEqual([
    ['alb.jsonl', 1],
    ['basic.jsonl', 1],
    ['err.jsonl', 1],
    ['single-span.jsonl', 13],
    ['v1.jsonl', 1],
    ['v2.jsonl', 1],
  ]);
});

describe.each(files)('%s', (file) => {
  const lines = linesOf(file);

  it.each(ORACLES)('forwards every line, and the sum is to $name what the lines hold', async (oracle) => {
    const { sent, report } = await forwardLines(lines);
    const expected = lines.flatMap((line) => (oracle.decode('traces', payloadOf(line)) as Traces).resourceSpans);
    const received = sent.flatMap(({ request }) => (oracle.decode('traces', request.bytes) as Traces).resourceSpans);
    expect(received).toEqual(expected);
    const spans = expected.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)).length;
    expect(spans).toBe(file.includes('single-span') ? 13 : 21);
    expect(report).toMatchObject({
      lines: { in: lines.length, decoded: lines.length, ignored: 0, quarantined: 0 },
      destinations: { kept: { traces: { decoded: spans, delivered: spans, requests: 1 } } },
      balanced: true,
    });
  });
});

it('forwards all of them together as one request', async () => {
  const { sent } = await forwardLines(files.flatMap(linesOf));
  expect(sent.map(({ request }) => request.items)).toEqual([5 * 21 + 13]);
});

describe('the official OTLP/JSON examples', () => {
  const examples = new URL('../fixtures/otlp-json/', import.meta.url);
  const names = readdirSync(examples).sort();
  /** On one line, character for character otherwise: parsing would round 64-bit integers. */
  const lineOf = (name: string): string => readFileSync(new URL(name, examples), 'utf8').replace(/\n\s*/g, ' ');

  it.each(names)('%s forwards, and is to both decoders what it was', async (name) => {
    const line = lineOf(name);
    const { sent, report } = await forwardLines([line]);
    const [{ request } = { request: undefined }] = sent;
    if (request === undefined) throw new Error('nothing was sent');
    expect(report.lines).toEqual({ in: 1, decoded: 1, ignored: 0, quarantined: 0 });
    for (const oracle of ORACLES) {
      const expected = oracle.decode(request.signal, oracle.encode(request.signal, JSON.parse(line)));
      expect(oracle.decode(request.signal, request.bytes)).toEqual(expected);
    }
  });
});
