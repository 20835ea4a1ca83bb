import { Readable } from 'node:stream';
import { sampleBytes } from '@serverless-otlp/testing';
import { otlpRequest, writeEnvelope } from '@serverless-otlp/otlp';
import { describe, expect, it } from 'vitest';
import { inputsOf } from '../sources/inputs.ts';
import { measure, sampleText } from './sample.ts';

const NEVER = new AbortController().signal;
const measured = async (lines: readonly string[]) =>
  measure({ name: 'x', open: () => Readable.from([Buffer.from(lines.map((line) => `${line}\n`).join(''))]) }, NEVER);

const FIXTURE = new URL('../../../../tests/fixtures/envelopes/envelope-node-0.17.3-basic.jsonl', import.meta.url);

describe('a sample', () => {
  it('is measured in every format as the stdout exporter writes it', async () => {
    // As many bytes as the stdout exporter itself writes for this request.
    const [input] = inputsOf([FIXTURE.pathname]);
    if (input === undefined) throw new Error('no fixture');
    const { lines, others, unreadable, bytes } = await measure(input, NEVER);
    expect({ lines, others, unreadable }).toEqual({ lines: 1, others: 0, unreadable: 0 });
    expect(bytes.sample).toBe(1750);
    expect(bytes.compatible).toBe(1749);
    expect(bytes.compact).toBe(1268);
    expect(bytes.otlp_json).toBe(16_089);
  });

  it('counts what is no telemetry and what cannot be read, and never prints it', async () => {
    const line = writeEnvelope(otlpRequest('traces', sampleBytes('traces', { items: 2, idPrefix: 'cost' })), {
      source: 'shop',
      version: '0.1.0',
    });
    const found = await measured([line, 'START RequestId: 1', '', line.slice(0, 100), '{"level":"INFO"}', line]);
    expect(found).toMatchObject({ lines: 2, others: 2, unreadable: 1 });
    expect(found.bytes.sample).toBe(line.length);
    expect(sampleText(found)).toBe(
      'Measured on 2 lines of telemetry; 2 other lines left out, and 1 line that cannot be read.',
    );
  });

  it('of nothing is nothing', async () => {
    expect(await measured([])).toEqual({
      lines: 0,
      others: 0,
      unreadable: 0,
      bytes: { sample: 0, compatible: 0, compact: 0, otlp_json: 0 },
    });
  });
});
