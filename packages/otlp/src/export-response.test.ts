import { schemaRoot } from '@serverless-otlp/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeExportResponse, encodeExportResponse, statusMessageOf } from './export-response.ts';
import { InvalidOtlpError } from './invalid-otlp-error.ts';
import { type Signal, SIGNALS } from './signal.ts';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const NAMES: Readonly<Record<Signal, readonly [string, string]>> = {
  traces: ['trace', 'rejectedSpans'],
  metrics: ['metrics', 'rejectedDataPoints'],
  logs: ['logs', 'rejectedLogRecords'],
};

describe.each(SIGNALS)('the answer to %s', (signal) => {
  const [group, rejected] = NAMES[signal];
  const name = `Export${group[0]?.toUpperCase() ?? ''}${group.slice(1)}ServiceResponse`;
  const type = schemaRoot().lookupType(`opentelemetry.proto.collector.${group}.v1.${name}`);

  it('C2: tells what protobufjs wrote, in both encodings', () => {
    const partialSuccess = { [rejected]: 7, errorMessage: 'too old' };
    const expected = { rejectedItems: 7, message: 'too old' };
    const bytes = type.encode(type.fromObject({ partialSuccess })).finish();
    expect(decodeExportResponse(signal, bytes, PROTOBUF)).toEqual(expected);
    const text = Buffer.from(JSON.stringify({ partialSuccess }));
    expect(decodeExportResponse(signal, text, `${JSON_TYPE}; charset=utf-8`)).toEqual(expected);
    const asString = Buffer.from(JSON.stringify({ partialSuccess: { ...partialSuccess, [rejected]: '7' }, future: 1 }));
    expect(decodeExportResponse(signal, asString, JSON_TYPE)).toEqual(expected);
  });

  it('C3: a message without rejections is a warning, not a rejection', () => {
    const body = encodeExportResponse(signal, { rejectedItems: 0, message: 'slow down' }, 'protobuf');
    expect(decodeExportResponse(signal, body, PROTOBUF)).toEqual({ rejectedItems: 0, message: 'slow down' });
  });

  it('C4: an empty partial success is none', () => {
    for (const kind of ['protobuf', 'json'] as const) {
      const body = encodeExportResponse(signal, { rejectedItems: 0, message: '' }, kind);
      expect(decodeExportResponse(signal, body, kind === 'json' ? JSON_TYPE : PROTOBUF)).toBeUndefined();
      expect(
        decodeExportResponse(
          signal,
          encodeExportResponse(signal, undefined, kind),
          kind === 'json' ? JSON_TYPE : PROTOBUF,
        ),
      ).toBeUndefined();
    }
    expect(decodeExportResponse(signal, Buffer.from([0x0a, 0x00]), PROTOBUF)).toBeUndefined();
  });

  it('writes what protobufjs reads', () => {
    const body = encodeExportResponse(signal, { rejectedItems: 3, message: 'no' }, 'protobuf');
    expect(type.toObject(type.decode(body), { longs: String })).toEqual({
      partialSuccess: { [rejected]: '3', errorMessage: 'no' },
    });
    expect(encodeExportResponse(signal, undefined, 'protobuf')).toHaveLength(0);
    expect(Buffer.from(encodeExportResponse(signal, undefined, 'json')).toString()).toBe('{}');
  });

  it('C13: without a content type of OTLP there is nothing to read', () => {
    for (const contentType of [undefined, '', 'text/html', 'application/octet-stream']) {
      expect(decodeExportResponse(signal, Buffer.from('<html>'), contentType)).toBeUndefined();
    }
  });

  it('C13: a body that is not what it says is an error of its own kind, never another', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom(PROTOBUF, JSON_TYPE), (body, contentType) => {
        try {
          decodeExportResponse(signal, body, contentType);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidOtlpError);
        }
      }),
    );
    expect(() => decodeExportResponse(signal, Buffer.from('{"partialSuccess":3}'), JSON_TYPE)).toThrow(
      InvalidOtlpError,
    );
    expect(() => decodeExportResponse(signal, Buffer.from([0x0a, 0x09]), PROTOBUF)).toThrow(InvalidOtlpError);
  });
});

it('C12: the message of a google.rpc.Status is found in both encodings', () => {
  const status = Buffer.concat([Buffer.from([0x08, 0x03, 0x12, 0x07]), Buffer.from('invalid')]);
  expect(statusMessageOf(status, PROTOBUF)).toBe('invalid');
  expect(statusMessageOf(Buffer.from('{"code":3,"message":"invalid"}'), JSON_TYPE)).toBe('invalid');
});

it.each([
  ['{"error":"unknown API key"}', 'unknown API key'],
  ['{"errors":["Forbidden","more"]}', 'Forbidden'],
  ['{"error":{"code":401,"message":"Token Authentication failed"}}', 'Token Authentication failed'],
  ['{"errors":[{"title":"","detail":"too large"}]}', 'too large'],
  ['[{"message":"first"}]', 'first'],
  ['{"message":"","error":"second"}', 'second'],
  ['{"error":{"error":{"error":{"error":"too deep"}}}}', undefined],
  ['{"__proto__":{"message":"inherited"}}', undefined],
])('C12: %s, as backends of their own mind answer, says %s', (body, words) => {
  expect(statusMessageOf(Buffer.from(body), JSON_TYPE)).toBe(words);
});

it('C12: whatever cannot be read is no message', () => {
  const bodies = [
    Buffer.alloc(0),
    Buffer.from('nonsense'),
    Buffer.from([0x12, 0x7f, 0x41]),
    Buffer.from([0x0b]),
    Buffer.from('null'),
    Buffer.from('{"message":1}'),
  ];
  for (const body of bodies) {
    for (const contentType of [PROTOBUF, JSON_TYPE, 'text/plain', undefined])
      expect(statusMessageOf(body, contentType)).toBeUndefined();
  }
  fc.assert(fc.property(fc.uint8Array(), (body) => void statusMessageOf(body, PROTOBUF)));
});
