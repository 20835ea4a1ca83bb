import { requestFromJson } from '@serverless-otlp/otlp';
import { describe, expect, it } from 'vitest';
import type { Decoded, Encoding, SourceRecord } from '../types.ts';
import { inflateBudget } from './budget.ts';
import { decode } from './decode.ts';

const request = requestFromJson({ resourceSpans: [] });
const record = (id: string, data: string = id): SourceRecord => ({ id, data, attributes: { from: id } });
const encoding = (read: (data: string) => readonly Decoded[] | undefined): Encoding => ({
  name: 'double',
  decode: ({ data }) => read(String(data)),
});

describe('decode', () => {
  it('asks the encodings in order until one knows the record', () => {
    const asked: string[] = [];
    const named = (name: string, found: readonly Decoded[] | undefined): Encoding => ({
      name,
      decode: () => {
        asked.push(name);
        return found;
      },
    });
    const encodings = [named('a', undefined), named('b', [{ request }]), named('c', [{ request }])];
    expect(decode([record('r')], encodings, inflateBudget()).telemetry).toHaveLength(1);
    expect(asked).toEqual(['a', 'b']);
  });

  it('gives telemetry its record, and the attributes of the record as metadata unless the encoding has better', () => {
    const found: readonly Decoded[] = [{ request }, { request, metadata: { owner: '1' } }];
    const { telemetry } = decode([record('r')], [encoding(() => found)], inflateBudget());
    expect(telemetry).toEqual([
      { request, records: new Set(['r']), metadata: { from: 'r' } },
      { request, records: new Set(['r']), metadata: { owner: '1' } },
    ]);
  });

  it('D16: counts each line once: lines in = ignored + decoded + quarantined', () => {
    const fault = { reason: 'json', message: '', source: {}, sha256: '', bytes: 1 } as const;
    const found: Readonly<Record<string, readonly Decoded[]>> = {
      a: [{ request }, { fault, content: 'x', timeMs: 7 }, { ignored: 'not_telemetry' }, { ignored: 'own_logs' }],
      b: [],
      c: [{ ignored: 'not_telemetry' }],
    };
    const decoded = decode([record('a'), record('b'), record('c')], [encoding((data) => found[data])], inflateBudget());
    expect(decoded.lines).toBe(5);
    expect(decoded.telemetry).toHaveLength(1);
    expect(decoded.faults).toEqual([{ record: 'a', fault, content: 'x', timeMs: 7 }]);
    expect(Object.fromEntries(decoded.ignored)).toEqual({ not_telemetry: 2, own_logs: 1 });
  });

  it('counts a record nobody knows as one ignored line', () => {
    const decoded = decode([record('r')], [encoding(() => undefined)], inflateBudget());
    expect(decoded).toMatchObject({ telemetry: [], faults: [], lines: 1 });
    expect(decoded.ignored.get('not_telemetry')).toBe(1);
    expect(decode([record('r')], [], inflateBudget()).lines).toBe(1);
  });

  it('D16: sets aside a record on which an encoding throws, spares the others, and repeats nothing of it', () => {
    const throwing = encoding((data) => {
      if (data === 'canary-10') throw new Error(`cannot read ${data}`);
      return [{ request }];
    });
    const decoded = decode([record('a'), record('b', 'canary-10'), record('c')], [throwing], inflateBudget());
    expect(decoded.telemetry.map(({ records }) => [...records])).toEqual([['a'], ['c']]);
    expect(decoded.faults).toMatchObject([{ record: 'b', fault: { reason: 'encoding_bug', bytes: 9 } }]);
    expect(JSON.stringify(decoded.faults.map(({ fault }) => fault))).not.toContain('canary');
    expect(decoded.faults[0]?.content).toBe('canary-10');
  });

  it('D17: hands the same budget to all', () => {
    const left: number[] = [];
    const spender: Encoding = {
      name: 'spender',
      decode: (_record, budget) => {
        left.push(budget.allow(100));
        budget.spend(40);
        return [];
      },
    };
    decode([record('a'), record('b'), record('c')], [spender], inflateBudget(90));
    expect(left).toEqual([90, 50, 10]);
  });
});
