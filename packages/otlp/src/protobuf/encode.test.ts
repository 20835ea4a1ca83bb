import { arbitraryRequest, ORACLES, protobufEsOracle, protobufjsOracle } from '@serverless-otlp/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidOtlpError } from '../invalid-otlp-error.ts';
import { parseOtlpJson } from '../json/parse.ts';
import { SIGNALS } from '../signal.ts';
import { decodeMessage } from './decode.ts';
import { encodeMessage } from './encode.ts';
import { UNKNOWN_FIELDS } from './json-object.ts';
import { MAX_NESTING, messageNamed, requestMessage } from './table.ts';
import { validateRequest } from './validate.ts';

const encode = (name: string, value: unknown): string =>
  Buffer.from(encodeMessage(messageNamed(name), value)).toString('hex');
/** There and back: what of a value the wire holds. */
const held = (name: string, value: unknown): unknown =>
  decodeMessage(messageNamed(name), encodeMessage(messageNamed(name), value));
const failure = (name: string, value: unknown): Pick<InvalidOtlpError, 'reason' | 'message'> => {
  try {
    encodeMessage(messageNamed(name), value);
  } catch (error) {
    if (error instanceof InvalidOtlpError) return { reason: error.reason, message: error.message };
    throw error;
  }
  throw new Error('no error');
};
const reason = (name: string, value: unknown): string => failure(name, value).reason;

const TRACE_ID = '5b8efff798038103d269b633813fc60c';
const SPAN_ID = 'eee19b7ec3c1b174';

describe.each(SIGNALS)('%s', (signal) => {
  const message = requestMessage(signal);

  it('encodes what two other implementations decode to the same', () => {
    fc.assert(
      fc.property(arbitraryRequest(signal), (request) => {
        const bytes = encodeMessage(message, parseOtlpJson(JSON.stringify(request)));
        for (const oracle of ORACLES) expect(oracle.decode(signal, bytes), oracle.name).toEqual(request);
        expect(decodeMessage(message, bytes)).toEqual(request);
      }),
    );
  });

  it('gives the bytes back after protobuf to JSON to protobuf', () => {
    fc.assert(
      fc.property(arbitraryRequest(signal), (request) => {
        for (const oracle of ORACLES) {
          const bytes = Buffer.from(oracle.encode(signal, request));
          const text = JSON.stringify(decodeMessage(message, bytes));
          expect(Buffer.from(encodeMessage(message, parseOtlpJson(text))).equals(bytes), oracle.name).toBe(true);
        }
      }),
    );
  });

  it('throws only InvalidOtlpError on arbitrary JSON under known keys, and else writes a valid request', () => {
    const keys = fc.constantFrom(
      ...message.byName.keys(),
      'resource',
      'scopeSpans',
      'spans',
      'attributes',
      'value',
      'key',
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom(null, 0, -1, 1.5, '', 'x', 'NaN', true, '9'.repeat(30), TRACE_ID),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(keys, tie('any'), { maxKeys: 3 }),
      ),
    })).any;
    fc.assert(
      fc.property(value, (json) => {
        try {
          const bytes = encodeMessage(message, json);
          validateRequest(signal, bytes);
          expect(protobufjsOracle.decode(signal, bytes)).toEqual(decodeMessage(message, bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidOtlpError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

it('J1: ids are hex of any case, of exactly their length or empty', () => {
  expect(encode('Span', { traceId: TRACE_ID.toUpperCase() })).toBe(`0a10${TRACE_ID}`);
  expect(encode('Span', { spanId: SPAN_ID, parentSpanId: SPAN_ID.toUpperCase() })).toBe(`1208${SPAN_ID}2208${SPAN_ID}`);
  for (const name of ['Span', 'Link', 'LogRecord', 'Exemplar']) {
    expect(held(name, { traceId: TRACE_ID.toUpperCase(), spanId: SPAN_ID })).toEqual({
      traceId: TRACE_ID,
      spanId: SPAN_ID,
    });
    expect(encode(name, { traceId: '', spanId: '' })).toBe('');
    for (const bad of [
      '00',
      TRACE_ID.slice(2),
      `${TRACE_ID}00`,
      `${TRACE_ID.slice(1)}g`,
      `g${TRACE_ID.slice(1)}`,
      `${TRACE_ID.slice(1)}é`,
      `${TRACE_ID.slice(1)}/`,
    ]) {
      expect(reason(name, { traceId: bad }), bad).toBe('id');
    }
    expect(reason(name, { spanId: TRACE_ID })).toBe('id');
    expect(reason(name, { traceId: Buffer.from(TRACE_ID, 'hex').toString('base64') })).toBe('id');
    expect(reason(name, { spanId: 12 })).toBe('value');
  }
  expect(reason('Span', { parentSpanId: SPAN_ID.slice(1) })).toBe('id');
});

it('J2: enums are integers, also ones nobody named, and never names', () => {
  expect(held('Span', { kind: 5 })).toEqual({ kind: 5 });
  expect(held('Status', { code: -7 })).toEqual({ code: -7 });
  expect(held('LogRecord', { severityNumber: 2147483647 })).toEqual({ severityNumber: 2147483647 });
  for (const kind of ['SPAN_KIND_SERVER', '2', 1.5, 2 ** 31, true, {}]) expect(reason('Span', { kind })).toBe('value');
});

it('J3: unknown keys are ignored, whatever they hold', () => {
  const junk = { unknown: { deep: [{ traceId: 7 }] }, __proto__x: 1, constructor: 2, toString: 3, '': 4, '0': 5 };
  expect(encode('Span', { ...junk, name: 'a' })).toBe(encode('Span', { name: 'a' }));
  expect(encode('Span', JSON.parse('{"__proto__":{"name":"polluted"},"kind":1}'))).toBe('3001');
  for (const oracle of [protobufEsOracle]) {
    const request = { resourceSpans: [{ ...junk, schemaUrl: 'x' }], ...junk };
    expect(oracle.decode('traces', encodeMessage(requestMessage('traces'), request))).toEqual({
      resourceSpans: [{ schemaUrl: 'x' }],
    });
  }
});

it('J4: keys are lowerCamelCase; snake_case is understood and never written', () => {
  expect(held('Span', { trace_id: TRACE_ID, start_time_unix_nano: '5', dropped_attributes_count: 3 })).toEqual({
    traceId: TRACE_ID,
    startTimeUnixNano: '5',
    droppedAttributesCount: 3,
  });
  expect(encode('Span', { TraceId: TRACE_ID, traceid: TRACE_ID })).toBe('');
});

it('J5: 64-bit integers keep every digit, from strings, safe numbers and bigints', () => {
  expect(held('AnyValue', { intValue: '-9223372036854775808' })).toEqual({ intValue: '-9223372036854775808' });
  expect(held('AnyValue', { intValue: -42 })).toEqual({ intValue: '-42' });
  expect(held('AnyValue', { intValue: 9223372036854775807n })).toEqual({ intValue: '9223372036854775807' });
  expect(held('NumberDataPoint', { asInt: '-1', timeUnixNano: '18446744073709551615' })).toEqual({
    asInt: '-1',
    timeUnixNano: '18446744073709551615',
  });
  expect(held('Buckets', { bucketCounts: ['0', 300, '18446744073709551615'] })).toEqual({
    bucketCounts: ['0', '300', '18446744073709551615'],
  });
  expect(held('Span', parseOtlpJson('{"endTimeUnixNano":1755800000123456789}'))).toEqual({
    endTimeUnixNano: '1755800000123456789',
  });
  for (const startTimeUnixNano of [
    '18446744073709551616',
    '-1',
    -1,
    1.5,
    2 ** 53,
    '1.0',
    '1e3',
    '',
    'x',
    true,
    ['1'],
  ]) {
    expect(reason('Span', { startTimeUnixNano }), String(startTimeUnixNano)).toBe('value');
  }
  for (const intValue of ['9223372036854775808', '-9223372036854775809', 2 ** 63, NaN]) {
    expect(reason('AnyValue', { intValue }), String(intValue)).toBe('value');
  }
});

it('J5: 32-bit integers come as numbers or digits, in range', () => {
  expect(held('Span', { flags: '4294967295', droppedLinksCount: 7 })).toEqual({
    flags: 4294967295,
    droppedLinksCount: 7,
  });
  expect(held('Buckets', { offset: '-2147483648' })).toEqual({ offset: -2147483648 });
  expect(held('AnyValue', { stringValueStrindex: -3 })).toEqual({ stringValueStrindex: -3 });
  for (const flags of [-1, 4294967296, 1.5, '1.5', '', '99999999999', NaN, false])
    expect(reason('Span', { flags })).toBe('value');
  for (const offset of [2147483648, -2147483649]) expect(reason('Buckets', { offset })).toBe('value');
});

it('J6: bytes are base64 of either alphabet, padded or not, and nothing else', () => {
  const bytesValue = Buffer.from([0xfb, 0xff, 0xbf, 1]).toString('base64');
  for (const text of [bytesValue, '-_-_AQ', '-_-_AQ==', '+/+/AQ'])
    expect(held('AnyValue', { bytesValue: text })).toEqual({ bytesValue });
  expect(held('AnyValue', { bytesValue: '' })).toEqual({ bytesValue: '' });
  for (const bad of [
    'A',
    'AAAAA',
    'AA=',
    'AAA==',
    'AAAA=',
    '=',
    'A===',
    'AA==AA==',
    'AA\n',
    'AA AA',
    '@@@@',
    'é',
    [1],
    1,
  ]) {
    expect(reason('AnyValue', { bytesValue: bad }), String(bad)).toBe('value');
  }
});

it('J6: doubles are numbers, digits, or NaN and the infinities by name', () => {
  for (const doubleValue of [0, -0, 1.5, 5e-324, 1.7976931348623157e308, 'NaN', 'Infinity', '-Infinity']) {
    expect(held('AnyValue', { doubleValue })).toEqual({ doubleValue });
  }
  expect(held('AnyValue', { doubleValue: NaN })).toEqual({ doubleValue: 'NaN' });
  expect(held('AnyValue', { doubleValue: '-1.25e2' })).toEqual({ doubleValue: -125 });
  expect(held('AnyValue', parseOtlpJson('{"doubleValue":123456789012345678901234}'))).toEqual({
    doubleValue: 123456789012345678901234,
  });
  for (const doubleValue of ['', ' 1', '0x10', 'nan', 'inf', '1e999', '.5', '1.', true, {}]) {
    expect(reason('AnyValue', { doubleValue }), JSON.stringify(doubleValue)).toBe('value');
  }
});

it('J6: null is the same as absent', () => {
  expect(
    encode('Span', {
      name: null,
      kind: null,
      attributes: null,
      status: null,
      traceId: null,
      startTimeUnixNano: null,
      flags: undefined,
    }),
  ).toBe('');
  expect(held('AnyValue', { stringValue: null, intValue: '1' })).toEqual({ intValue: '1' });
});

it('writes no defaults, except where presence means something', () => {
  expect(
    encode('Span', { name: '', kind: 0, startTimeUnixNano: '0', attributes: [], droppedEventsCount: 0, flags: 0 }),
  ).toBe('');
  expect(encode('Sum', { isMonotonic: false })).toBe('');
  expect(encode('Buckets', { offset: 0, bucketCounts: [] })).toBe('');
  expect(encode('SummaryDataPoint', { sum: 0 })).toBe('');
  expect(held('SummaryDataPoint', { sum: -0 })).toEqual({ sum: -0 });
  expect(held('HistogramDataPoint', { sum: 0, min: 0, max: 0 })).toEqual({ sum: 0, min: 0, max: 0 });
  for (const value of [
    { stringValue: '' },
    { boolValue: false },
    { intValue: '0' },
    { doubleValue: 0 },
    { bytesValue: '' },
    { arrayValue: {} },
  ]) {
    expect(held('AnyValue', value)).toEqual(value);
  }
  expect(encode('Span', { status: {}, events: [{}] })).toBe('7a005a00');
});

it('writes repeated numbers packed', () => {
  expect(encode('Buckets', { bucketCounts: ['1', '128'] })).toBe('1203018001');
  expect(encode('HistogramDataPoint', { explicitBounds: [1] })).toBe('3a08000000000000f03f');
});

it('writes text of every length and alphabet', () => {
  for (const name of [
    'a',
    'é',
    'x'.repeat(31),
    'x'.repeat(127),
    'x'.repeat(128),
    'ü'.repeat(64),
    '漢'.repeat(6000),
    'x'.repeat(3_000_000),
  ]) {
    expect(held('Span', { name })).toEqual({ name });
  }
  expect(held('Span', { name: 'a\uD800b' })).toEqual({ name: 'a\uFFFDb' });
});

it.each([
  ['an array as message', 'Span', { status: [] }, 'status must be an object'],
  ['a string as message', 'Span', { status: 'x' }, 'status must be an object'],
  ['an object as list', 'Span', { attributes: {} }, 'attributes must be an array'],
  ['null in a list of messages', 'Span', { attributes: [{}, null] }, 'attributes[1] must be an object'],
  [
    'null in a list of numbers',
    'Buckets',
    { bucketCounts: [null] },
    'bucketCounts[0] must be an unsigned 64-bit integer',
  ],
  ['a number in a list of strings', 'EntityRef', { idKeys: ['a', 1] }, 'idKeys[1] must be a string'],
  ['a number as string', 'Span', { name: 1 }, 'name must be a string'],
  ['a string as bool', 'AnyValue', { boolValue: 'true' }, 'boolValue must be true or false'],
])('refuses %s', (_what, name, value, message) => {
  expect(failure(name, value)).toEqual({ reason: 'value', message });
});

it.each([[[]], ['x'], [1], [null], [undefined]])('refuses %j as the whole message', (value) => {
  expect(failure('Span', value)).toEqual({ reason: 'value', message: 'the message must be an object' });
});

it('names the path of an error by fields and indexes, never what it found', () => {
  const spans = [{}, { links: [{ trace_id: 'secret' }] }];
  expect(
    failure('ExportTraceServiceRequest', {
      resource_spans: [{ resource: { attributes: [{}] }, scopeSpans: [{}, {}, { spans }] }],
    }),
  ).toEqual({
    reason: 'id',
    message: 'resourceSpans[0].scopeSpans[2].spans[1].links[0].traceId must have 32 hex digits',
  });
});

it('refuses a oneof with two values, which could be read in two ways', () => {
  expect(failure('KeyValue', { value: { stringValue: 'a', intValue: '1' } })).toEqual({
    reason: 'ambiguous',
    message: 'value has two values, one of them intValue',
  });
  expect(reason('Metric', { gauge: {}, sum: {} })).toBe('ambiguous');
  expect(reason('NumberDataPoint', { as_int: '1', asInt: '1' })).toBe('ambiguous');
});

/** AnyValue { arrayValue: ArrayValue { values: [AnyValue { … }] } } */
const nested = (levels: number): unknown => {
  let value: unknown = {};
  for (let level = levels - 1; level > 0; level--)
    value = level % 2 === 1 ? { arrayValue: value } : { values: [value] };
  return value;
};

it('writes messages nested as deep as allowed, and no deeper', () => {
  expect(held('AnyValue', nested(MAX_NESTING))).toEqual(nested(MAX_NESTING));
  expect(reason('AnyValue', nested(MAX_NESTING + 1))).toBe('too_deep');
  expect(reason('AnyValue', nested(20_000))).toBe('too_deep');
});

it('is not confused by a value that encodes something while it is encoded', () => {
  const value = {
    name: 'outer',
    get traceState() {
      return encode('Span', { name: 'inner' });
    },
  };
  expect(held('Span', value)).toEqual({ name: 'outer', traceState: '2a05696e6e6572' });
});

it('gives bytes of their own', () => {
  const first = encodeMessage(messageNamed('Span'), { name: 'first' });
  encodeMessage(messageNamed('Span'), { name: 'other' });
  expect(first).toEqual(Uint8Array.from([0x2a, 5, ...Buffer.from('first')]));
});

it('goes on after an error', () => {
  expect(reason('Span', { name: 'x', kind: 'x' })).toBe('value');
  expect(held('Span', { kind: 1 })).toEqual({ kind: 1 });
});

it('writes unknown fields back behind the known ones', () => {
  expect(encode('Span', { [UNKNOWN_FIELDS]: [Uint8Array.of(0xa8, 1), Uint8Array.of(2)], kind: 1 })).toBe('3001a80102');
});
