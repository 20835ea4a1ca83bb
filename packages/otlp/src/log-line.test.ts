import { describe, expect, it } from 'vitest';
import { isEnvelope } from './envelope.ts';
import { InvalidOtlpError } from './invalid-otlp-error.ts';
import { parseOtlpJson } from './json/parse.ts';
import { parseLogLine } from './log-line.ts';

const LINE =
  '{"__otel_otlp_stdout":"0.17.3","source":"s","endpoint":"http://localhost:4318/v1/traces","method":"POST","content-type":"application/x-protobuf","content-encoding":"gzip","payload":"H4sIAAAAAAAAAwMAAAAAAAAAAAA=","base64":true}';
const VALUE = JSON.parse(LINE) as Readonly<Record<string, unknown>>;

const truncated = expect.objectContaining({ name: 'InvalidOtlpError', reason: 'truncated' }) as InvalidOtlpError;

describe('finds the envelope', () => {
  it.each([
    ['bare', LINE],
    ['with a line feed', `${LINE}\n`],
    ['with carriage return and spaces', `  ${LINE}\r\n`],
    ['behind the prefix of the text format', `2026-11-20T12:00:00.000Z\t8f5…\tINFO\t${LINE}\n`],
    ['behind the prefix of Python', `[INFO]\t2026-11-20T12:00:00.000Z\t8f5…\t${LINE}`],
    ['behind the prefix of .NET', `2026-11-20T12:00:00.000Z\t8f5…\tinfo\t${LINE}`],
    ['behind an empty request id', `2026-11-20T12:00:00.000Z\t\tINFO\t${LINE}`],
    [
      'as the message of the JSON format',
      JSON.stringify({ timestamp: 't', level: 'INFO', requestId: 'r', message: `${LINE}\n` }),
    ],
  ])('%s', (_name, line) => {
    expect(parseLogLine(line, isEnvelope)).toEqual({ value: VALUE, text: LINE });
  });

  it('as an object in the JSON format', () => {
    const line = JSON.stringify({ level: 'INFO', message: VALUE });
    expect(parseLogLine(line, isEnvelope)).toEqual({ value: VALUE, text: line });
  });

  it('and prefers the line itself to a message in it', () => {
    const line = JSON.stringify({ ...VALUE, message: LINE });
    expect(parseLogLine(line, isEnvelope)?.value).toHaveProperty('message');
  });
});

it.each([
  '',
  'START RequestId: 8f5…',
  '{"level":"INFO","message":"hello"}',
  '{"level":"INFO","message":{"a":1}}',
  '{"level":"INFO","message":["__otel_otlp_stdout"]}',
  '{"level":"INFO","message":"{\\"a\\":1}"}',
  '{"level":"INFO","message":"{broken"}',
  '{"level":"INFO"',
  '["__otel_otlp_stdout"]',
  'the marker is __otel_otlp_stdout',
  '{"resourceSpans":[]}',
  'null',
])('%j carries no envelope', (line) => {
  expect(parseLogLine(line, isEnvelope)).toBeUndefined();
});

it('D16: an envelope in the middle of other text is not guessed at, and not lost silently', () => {
  for (const line of [`INFO ${LINE}`, `${LINE} ${LINE}`, JSON.stringify({ message: `wrote ${LINE}` })]) {
    expect(() => parseLogLine(line, isEnvelope)).toThrow(InvalidOtlpError);
  }
  expect(() => parseLogLine('{ "__otel_otlp_stdout": "0.1', isEnvelope)).toThrow(truncated);
  expect(() => parseLogLine('{"_otel":"0.1.0","payl', isEnvelope)).toThrow(truncated);
});

it('D16: a fragment of OTLP/JSON is telemetry that cannot be read', () => {
  const isRequest = (value: object): boolean => 'resourceSpans' in value;
  const cut = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8e';
  expect(() => parseLogLine(cut, isRequest)).toThrow(truncated);
  expect(() => parseLogLine(JSON.stringify({ message: cut }), isRequest)).toThrow(truncated);
  expect(parseLogLine('{"resource":"cut', isRequest)).toBeUndefined();
});

it('D17: a line with more values than a line can hold is refused before it is parsed', () => {
  const line = `{"message":{"resourceSpans":[${'{},'.repeat(600_000)}{}]}}`;
  expect(() => parseLogLine(line, () => true)).toThrow(expect.objectContaining({ reason: 'too_large' }));
});

it('D16: a fragment of an envelope is telemetry that cannot be read', () => {
  for (const cut of [24, 100, LINE.length - 1])
    expect(() => parseLogLine(LINE.slice(0, cut), isEnvelope)).toThrow(truncated);
  const tail = LINE.slice(LINE.indexOf('H4sI') + 5);
  expect(() => parseLogLine(tail, isEnvelope)).toThrow(truncated);
  const wrapped = JSON.stringify({ level: 'INFO', message: LINE.slice(0, 100) });
  expect(() => parseLogLine(wrapped, isEnvelope)).toThrow(truncated);
});

it('reads with the parser it is given', () => {
  const line = '{"resourceLogs":1755800000123456789}';
  expect(parseLogLine(line, () => true, parseOtlpJson)?.value).toEqual({ resourceLogs: '1755800000123456789' });
});

it('comes to an end within the time of a test on lines made to slow it down', () => {
  const lines = [
    'A'.repeat(1_000_000),
    `${'\t'.repeat(500_000)}{`,
    ' '.repeat(1_000_000),
    '{'.repeat(400_000),
    'A","base64":tru'.repeat(50_000),
  ];
  for (const line of lines) expect(parseLogLine(line, isEnvelope)).toBeUndefined();
});
