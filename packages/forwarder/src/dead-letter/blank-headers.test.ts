import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blankHeaders } from './blank-headers.ts';

const SECRET = 'canary-51';
const ENVELOPE = JSON.stringify({
  __otel_otlp_stdout: '0.17.3',
  source: 'shop',
  endpoint: 'https://collector.example/v1/traces',
  headers: { authorization: `Bearer ${SECRET}`, 'x-api-key': `${SECRET}=`, tenant: SECRET },
  payload: 'H4sI',
  base64: true,
});

/** How loggers and formats wrap a line. */
const WRAPS: readonly (readonly [string, (line: string) => string])[] = [
  ['bare', (line) => line],
  ['behind the text prefix', (line) => `2026-11-20T18:13:20.123Z\t1c2d-aa\tINFO\t${line}`],
  ["behind Python's prefix", (line) => `[INFO]\t2026-11-20T18:13:20.123Z\t1c2d-aa\t${line}`],
  ['in the JSON of Lambda', (line) => JSON.stringify({ timestamp: 't', level: 'INFO', requestId: 'r', message: line })],
  ['in the JSON of Lambda, as an object', (line) => `{"timestamp":"t","message":${line}}`],
  ['in JSON that writes quotes as numbers', (line) => JSON.stringify({ m: line }).replaceAll('\\"', '\\u0022')],
  ['twice in JSON', (line) => JSON.stringify({ log: JSON.stringify({ message: line }) })],
  ['five times in JSON', (line) => [1, 2, 3, 4, 5].reduce((inner) => JSON.stringify({ message: inner }), line)],
  ['in a list', (line) => `{"messages":[${line},${line}]}`],
  ['under a name that stands twice', (line) => `{"message":${JSON.stringify(line)},"message":"nothing"}`],
  ['in other text', (line) => `received {request}: ${line} (and "more")`],
  ['with a line feed behind it', (line) => `${line}\n`],
];

/** Envelopes in which the headers look different. */
const ENVELOPES: readonly (readonly [string, string])[] = [
  ['as they are', ENVELOPE],
  ['in another case', ENVELOPE.replace('"headers"', '"Headers"')],
  ['with room around them', JSON.stringify(JSON.parse(ENVELOPE), undefined, 2)],
  ['as text', ENVELOPE.replace(/"headers":\{[^}]*\}/, `"headers":"authorization=${SECRET}"`)],
  ['as a list', ENVELOPE.replace(/"headers":\{[^}]*\}/, `"headers":[["authorization","${SECRET}"]]`)],
  ['as a number', ENVELOPE.replace(/"headers":\{[^}]*\}/, `"headers":51515151`).replace('shop', 'canary')],
  ['nested', ENVELOPE.replace(/"headers":\{[^}]*\}/, `"headers":{"a":{"b":["${SECRET}"]}}`)],
  ['twice, the second time empty', ENVELOPE.replace('"payload"', '"headers":"","payload"')],
  ['twice, the second time an object', ENVELOPE.replace('"payload"', '"headers":{},"payload"')],
  ['in letters by number', ENVELOPE.replace('"headers"', String.raw`"\u0068ea\u0064er\u0073"`)],
  ['in capitals by number', ENVELOPE.replace('"headers"', String.raw`"H\u0045ADERS"`)],
  ['with braces and quotes in a value', ENVELOPE.replace('Bearer', 'a}b{\\"c\\":d,')],
  ['after the payload', ENVELOPE.replace(/("headers":\{[^}]*\}),(.*)\}$/, '$2,$1}')],
  ['in an object that is not the envelope', `{"a":{"b":[{"headers":{"k":"${SECRET}"}}]}}`],
];

describe('headers of envelopes', () => {
  for (const [how, envelope] of ENVELOPES) {
    it.each(WRAPS)(`D22: leave no value behind: %s, ${how}`, (_where, wrap) => {
      const line = wrap(envelope);
      const blanked = blankHeaders(line);
      expect(line).toMatch(/canary|51515151/);
      expect(blanked).not.toMatch(/canary-51|51515151/);
    });
  }

  it('D22: leave no value behind wherever the line was cut', () => {
    for (const [, wrap] of WRAPS) {
      for (const [, envelope] of ENVELOPES) {
        const line = wrap(envelope);
        for (let length = 0; length < line.length; length += 3)
          expect(blankHeaders(line.slice(0, length))).not.toMatch(/canary-51|51515151/);
      }
    }
  });

  it('D22, D27: wrapped and cut in any way', () => {
    const wraps = fc.array(fc.constantFrom(...WRAPS.map(([, wrap]) => wrap)), { maxLength: 4 });
    const envelopes = fc.constantFrom(...ENVELOPES.map(([, envelope]) => envelope));
    fc.assert(
      fc.property(wraps, envelopes, fc.option(fc.nat()), (around, envelope, cut) => {
        const line = around.reduce((inner, wrap) => wrap(inner), envelope);
        const given = cut === null ? line : line.slice(0, cut % (line.length + 1));
        expect(blankHeaders(given)).not.toMatch(/canary-51|51515151/);
      }),
    );
  });

  it('keep their names, and everything else of the line', () => {
    expect(JSON.parse(blankHeaders(ENVELOPE))).toEqual({
      ...(JSON.parse(ENVELOPE) as object),
      headers: { authorization: '', 'x-api-key': '', tenant: '' },
    });
    const wrapped = `2026\tid\tINFO\t${JSON.stringify({ level: 'INFO', message: ENVELOPE })}`;
    const { message } = JSON.parse(blankHeaders(wrapped).replace('2026\tid\tINFO\t', '')) as { message: string };
    expect(JSON.parse(message)).toMatchObject({ payload: 'H4sI', headers: { tenant: '' } });
  });

  it('are where a line ends that cannot be read as a whole', () => {
    expect(blankHeaders(ENVELOPE.slice(0, -3))).toBe(
      '{"__otel_otlp_stdout":"0.17.3","source":"shop","endpoint":"https://collector.example/v1/traces",[cut: headers]',
    );
  });

  it.each([
    '',
    'plain text',
    '{"resourceSpans":[{"a":1.0}]}',
    '{"__otel_otlp_stdout":"1","payload":"headers"}',
    'the headers: none {',
    '{"message":"\\u0041"}',
    '{"__otel_otlp_stdout":"x","endpoi',
  ])('that are not there change nothing: %s', (line) => {
    expect(blankHeaders(line)).toBe(line);
  });

  it('are blanked once: a second time changes nothing', () => {
    for (const [, wrap] of WRAPS)
      for (const [, envelope] of ENVELOPES) {
        const once = blankHeaders(wrap(envelope));
        expect(blankHeaders(once)).toBe(once);
      }
  });

  it.each<[string, string]>([
    ['backslashes', `{"__otel_otlp_stdout":"${'\\'.repeat(1_000_000)}headers`],
    ['quotes and backslashes', `${'"\\'.repeat(500_000)}"headers`],
    ['letters by number', `"${String.raw`\u0068`.repeat(170_000)}`],
    ['open braces', `${'{'.repeat(1_000_000)}"headers"`],
    ['headers that never begin', '"headers"'.repeat(100_000)],
    ['headers and room', `"headers"${String.raw`\n`.repeat(400_000)}`],
    ['nesting', `{"headers":{"a":"${SECRET}"},"b":${'['.repeat(400_000)}${']'.repeat(400_000)}}`],
    [
      'nesting in nesting',
      JSON.stringify({ a: `{"b":${'['.repeat(300_000)}${']'.repeat(300_000)},"headers":"${SECRET}"}` }),
    ],
    ['names', JSON.stringify({ headers: Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [n, SECRET])) })],
  ])('D16: a megabyte of %s takes no time and never throws', (_what, line) => {
    const began = performance.now();
    expect(blankHeaders(line)).not.toContain(SECRET);
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});
