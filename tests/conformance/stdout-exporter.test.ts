import { readdirSync, readFileSync } from 'node:fs';
import type { LineLevel } from '@serverless-otlp/stdout-exporter';
import { ORACLES } from '@serverless-otlp/testing';
import { describe, expect, it } from 'vitest';
import { forwardLines } from './pipeline.ts';
import type { PrintOrder } from './stdout-exporter/print.ts';
import { printedLines } from './stdout-exporter/printed-lines.ts';
import { strictParse, type StrictLine } from './stdout-exporter/strict-parser.ts';

const linesOf = (url: URL): readonly string[] => readFileSync(url, 'utf8').trimEnd().split('\n');
const envelopes = new URL('../fixtures/envelopes/', import.meta.url);

/** Lines of the published exporters. */
const PUBLISHED: Readonly<Record<string, readonly string[]>> = {
  'Node.js 0.17.3': readdirSync(envelopes).flatMap((file) => linesOf(new URL(file, envelopes))),
  'Python 0.16.0': linesOf(new URL('other-languages/python-envelopes.jsonl', import.meta.url)),
  'Rust 0.17.1': linesOf(new URL('other-languages/rust-envelopes.jsonl', import.meta.url)),
};

const HEADERS = { OTEL_EXPORTER_OTLP_HEADERS: 'tenant-id=t-1,x-api-key=canary' };

const orderOf = ({ source, headers, level, request }: StrictLine): PrintOrder => ({
  signal: 'traces',
  base64: request.toString('base64'),
  options: {
    source,
    headers: Object.keys(headers ?? {}),
    ...(level === undefined ? {} : { level: level as LineLevel }),
  },
});

/** All that may differ: who wrote it, and the order in which one of three writers puts a field. */
const content = ({ version: _, fields, ...rest }: StrictLine): unknown => ({ ...rest, fields: [...fields].sort() });

const spansOf = (request: Uint8Array): unknown[] => ORACLES.map((oracle) => oracle.decode('traces', request));

describe.each(Object.entries(PUBLISHED))('a strict parser of the published format and lines of %s', (name, lines) => {
  it('E1, E2: reads ours as it reads theirs', async () => {
    const theirs = lines.map(strictParse);
    const printed = await printedLines('source', theirs.map(orderOf), HEADERS);
    const ours = printed.map(strictParse);
    expect(ours.map(content)).toEqual(theirs.map(content));
    // The writer for Rust puts `headers` before `payload`.
    if (!name.startsWith('Rust')) expect(ours.map(({ fields }) => fields)).toEqual(theirs.map(({ fields }) => fields));
    for (const line of printed) expect(line).toMatch(/^\{"__otel_otlp_stdout":"\d+\.\d+\.\d+","source":"/);
  });

  it('the forwarder sends the same for both', async () => {
    const printed = await printedLines('source', lines.map(strictParse).map(orderOf), HEADERS);
    const [ours, theirs] = await Promise.all([forwardLines(printed), forwardLines(lines)]);
    const sent = ({ sent }: typeof ours): unknown[] => sent.map(({ request }) => spansOf(request.bytes));
    expect(sent(ours)).toEqual(sent(theirs));
    expect(ours.report.lines).toEqual(theirs.report.lines);
  });
});

describe('the strict parser itself', () => {
  const [line = ''] = PUBLISHED['Node.js 0.17.3'] ?? [];

  it.each(['source', 'endpoint', 'method', 'content-type', 'content-encoding', 'payload', 'base64'])(
    'refuses a line without %s, with it twice, with it as a number',
    (field) => {
      const value = JSON.parse(line) as Record<string, unknown>;
      const { [field]: removed, ...without } = value;
      expect(() => strictParse(JSON.stringify(without))).toThrow('published format');
      const twice = `${line.slice(0, -1)},"${field}":${JSON.stringify(removed)}}`;
      expect(() => strictParse(twice)).toThrow('a field twice');
      expect(() => strictParse(JSON.stringify({ ...value, [field]: 1 }))).toThrow('published format');
    },
  );

  it('refuses a marker that is not the first, an unknown level, a header that is no string', () => {
    const { __otel_otlp_stdout: version, ...rest } = JSON.parse(line) as Record<string, unknown>;
    expect(() => strictParse(JSON.stringify({ ...rest, __otel_otlp_stdout: version }))).toThrow('the marker');
    const plus = (over: object): string => JSON.stringify({ __otel_otlp_stdout: version, ...rest, ...over });
    expect(() => strictParse(plus({ level: 'info' }))).toThrow('level');
    expect(() => strictParse(plus({ headers: { a: 1 } }))).toThrow('header');
  });
});
