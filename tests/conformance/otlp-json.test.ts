import { readdirSync, readFileSync } from 'node:fs';
import { parseOtlpJson, parseRequest, requestFromJson, requestToJson } from '@serverless-otlp/otlp';
import { ORACLES } from '@serverless-otlp/testing';
import { describe, expect, it } from 'vitest';

/** The official examples of opentelemetry-proto v1.11.0, `examples/`. */
const examples = new URL('../fixtures/otlp-json/', import.meta.url);
const names = readdirSync(examples).sort();
const oracles = ORACLES.map((oracle) => [oracle.name, oracle] as const);

const isId = (key: string): boolean => /^(?:traceId|spanId|parentSpanId)$/.test(key);
const is64Bit = (key: string): boolean => /^(?:count|zeroCount|bucketCounts|asInt|intValue)$|UnixNano$/.test(key);
/** Two fields of the examples hold the default, which protobuf does not write. */
const isDefault = ([key, held]: readonly [string, unknown]): boolean =>
  (key === 'scale' || key === 'zeroThreshold') && held === 0;

/** The examples spell ids in capitals and some 64-bit integers as numbers; decoders give one form. */
const canonical = (value: unknown, key = ''): unknown => {
  if (Array.isArray(value)) return value.map((element) => canonical(element, key));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter((entry) => !isDefault(entry));
    return Object.fromEntries(entries.map(([name, held]) => [name, canonical(held, name)]));
  }
  if (isId(key)) return String(value).toLowerCase();
  return is64Bit(key) ? String(value) : value;
};

it('has all examples', () => {
  expect(names).toEqual(['events.json', 'logs.json', 'metrics.json', 'trace.json']);
});

describe.each(names)('%s', (name) => {
  const value = parseOtlpJson(readFileSync(new URL(name, examples), 'utf8'));
  const request = requestFromJson(value);

  it.each(oracles)('is to %s what the file says', (_name, oracle) => {
    expect(oracle.decode(request.signal, request.bytes)).toEqual(canonical(value));
  });

  it.each(oracles)('is read alike from the bytes that %s writes', (_name, oracle) => {
    const theirs = parseRequest(request.signal, oracle.encode(request.signal, canonical(value)));
    expect(theirs.message).toEqual(canonical(value));
    expect(theirs.items).toBe(request.items);
  });

  it('comes back as JSON', () => {
    expect(JSON.parse(requestToJson(request))).toEqual(canonical(value));
  });
});
