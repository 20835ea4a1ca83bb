import { parseRequest } from '@serverless-otlp/otlp';
import { describe, expect, it } from 'vitest';
import { countItems, sampleTelemetry, snapshot } from './samples.ts';
import type { ProcessorUnderTest, Telemetry } from './structures.ts';

/** What a processor promises beyond the contract of all. */
export interface ProcessorContractOptions {
  /** It neither drops nor makes items: the suite adds them up per signal and metadata. */
  readonly keepsItems?: boolean;
  /** Inputs that reach what the samples do not; each is run through every check. */
  readonly inputs?: () => readonly (readonly Telemetry[])[];
}

const originOf = ({ request, metadata }: Telemetry): string =>
  JSON.stringify([request.signal, Object.entries(metadata).sort()]);

const sumByOrigin = (telemetry: readonly Telemetry[]): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>();
  for (const part of telemetry) sums.set(originOf(part), (sums.get(originOf(part)) ?? 0) + part.request.items);
  return new Map([...sums].filter(([, items]) => items > 0));
};

const recordsOf = (telemetry: readonly Telemetry[]): ReadonlySet<string> =>
  new Set(telemetry.flatMap(({ records }) => [...records]));

/**
 * Runs a processor through what docs/specs/component.md asks of every processor.
 *
 * @example processorContract('redact_names', () => redactNames({ keys: ['user.name'] }), { keepsItems: true });
 */
export const processorContract = (
  name: string,
  create: () => ProcessorUnderTest,
  { keepsItems = false, inputs = (): readonly (readonly Telemetry[])[] => [] }: ProcessorContractOptions = {},
): void => {
  const all = (): readonly (readonly Telemetry[])[] => [sampleTelemetry(), sampleTelemetry().slice(0, 1), ...inputs()];

  describe(`${name} keeps the processor contract`, () => {
    it('has a name in snake_case', () => {
      expect(create().name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    });

    it('makes nothing out of nothing', () => {
      expect(create().process([])).toEqual([]);
    });

    it('leaves its input as it was', () => {
      for (const input of all()) {
        const before = input.map(snapshot);
        create().process(input);
        expect(input.map(snapshot)).toEqual(before);
      }
    });

    it('gives the same output for the same input, again and in a new instance', () => {
      for (const input of all()) {
        const processor = create();
        const first = processor.process(input).map(snapshot);
        expect(processor.process(input).map(snapshot)).toEqual(first);
        expect(create().process(input).map(snapshot)).toEqual(first);
      }
    });

    it('writes valid requests and counts their items', () => {
      for (const { request } of all().flatMap((input) => create().process(input))) {
        expect(parseRequest(request.signal, request.bytes).items).toBe(request.items);
      }
    });

    it('never mixes signals or metadata: all records of an output come from inputs like it', () => {
      for (const input of all()) {
        for (const output of create().process(input)) {
          const origins = input.filter(({ records }) => [...records].some((id) => output.records.has(id)));
          expect(new Set(origins.map(originOf)).size).toBeLessThanOrEqual(1);
          for (const origin of origins) expect(output.request.signal).toBe(origin.request.signal);
        }
      }
    });

    it('knows the records of what it hands on, and invents none', () => {
      for (const input of all()) {
        const output = create().process(input);
        for (const part of output) expect(part.records.size).toBeGreaterThan(0);
        const known = recordsOf(input);
        expect([...recordsOf(output)].filter((id) => !known.has(id))).toEqual([]);
      }
    });

    if (!keepsItems) return;
    it('keeps every item and every record', () => {
      for (const input of all()) {
        const output = create().process(input);
        expect(countItems(output)).toBe(countItems(input));
        expect(sumByOrigin(output)).toEqual(sumByOrigin(input));
        expect(recordsOf(output)).toEqual(recordsOf(input));
      }
    });
  });
};
