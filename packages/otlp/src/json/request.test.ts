import { arbitraryRequest, newerOracle, ORACLES } from '@serverless-otlp/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InvalidOtlpError } from '../invalid-otlp-error.ts';
import { SIGNALS } from '../signal.ts';
import { decodeJsonText, encodeJsonRequest, signalOfJson } from './request.ts';

const reasonOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidOtlpError) return error.reason;
    throw error;
  }
  return 'none';
};

it('J7: the one top-level key tells the signal', () => {
  expect(signalOfJson({ resourceSpans: [] })).toBe('traces');
  expect(signalOfJson({ resource_metrics: [], other: 1 })).toBe('metrics');
  expect(signalOfJson({ resourceLogs: [], resourceSpans: null })).toBe('logs');
});

it('J7: more than one signal is ambiguous', () => {
  expect(reasonOf(() => signalOfJson({ resourceSpans: [], resourceLogs: [] }))).toBe('ambiguous');
  expect(reasonOf(() => encodeJsonRequest({ resourceSpans: [], resource_metrics: [] }))).toBe('ambiguous');
});

it.each([[{}], [{ resourceSpans: null }], [{ ResourceSpans: [] }], [[]], [null], ['resourceSpans'], [1], [undefined]])(
  'J7: %j is no request',
  (value) => {
    expect(signalOfJson(value)).toBeUndefined();
    expect(reasonOf(() => encodeJsonRequest(value))).toBe('value');
  },
);

it('does not take an inherited key for a signal', () => {
  expect(signalOfJson(Object.create({ resourceSpans: [] }))).toBeUndefined();
});

it.each(SIGNALS)('converts %s to JSON text on one line and back', (signal) => {
  fc.assert(
    fc.property(arbitraryRequest(signal), (request) => {
      for (const oracle of ORACLES) {
        const text = decodeJsonText(signal, oracle.encode(signal, request));
        expect(text).not.toContain('\n');
        expect(JSON.parse(text)).toEqual(request);
        fc.pre(signalOfJson(request) !== undefined);
        const { signal: found, bytes } = encodeJsonRequest(JSON.parse(text));
        expect(found).toBe(signal);
        expect(oracle.decode(signal, bytes)).toEqual(request);
      }
    }),
    { numRuns: 30 },
  );
});

it('J4: writes no key that the schema does not name', () => {
  const bytes = newerOracle.encode('logs', { resourceLogs: [{ schemaUrl: 'x', newerText: 'y' }] });
  expect(decodeJsonText('logs', bytes)).toBe('{"resourceLogs":[{"schemaUrl":"x"}]}');
});
