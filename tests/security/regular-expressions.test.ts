import { describe, expect, it } from 'vitest';
import { growth, LINEAR } from './cpu-time.ts';
import { forwardingOf } from './forwarding.ts';
import { eventOf, line } from './telemetry.ts';

/** `text` again and again, so many characters long. */
const fill = (text: string, length: number): string => text.repeat(Math.ceil(length / text.length)).slice(0, length);

const endpoint = (text: string): string =>
  `{"__otel_otlp_stdout":"1","payload":"x","endpoint":${JSON.stringify(text)}}`;

/** Lines of any length, each against an expression that looks at lines: where it may begin, what it may repeat, how it fails. */
const LINES: Readonly<Record<string, (length: number) => string>> = {
  'the prefix of Lambda, without its end': (n) => `${fill('x\t', n)}{"__otel_otlp_stdout":"1"`,
  'words of the prefix, each too long': (n) => `${fill(`${'x'.repeat(64)}\t`, n)}{"__otel_otlp_stdout`,
  'blanks around a marker': (n) => `{${fill(' ', n)}"__otel_otlp_stdout"`,
  'blanks before and behind': (n) => `${fill(' ', n / 2)}{"__otel_otlp_stdout":1}${fill(' \t', n / 2)}`,
  'the tail of a cut line, almost': (n) => `${fill('A', n)}","base64":true;`,
  'many tails': (n) => fill('A","base64":true', n),
  'an envelope in other text, again and again': (n) => `x${fill('{"__otel_otlp_stdout":', n)}`,
  'a path of paths': (n) => endpoint(`http://a${fill('/v1/a', n)}?`),
  'a path that almost ends well': (n) => endpoint(`http://a/v1/${fill('a', n)}1`),
  'a host without an end': (n) => endpoint(`http://${fill('a.', n)}`),
  slashes: (n) => endpoint(`http://${fill('/', n)}`),
  'long integers, or almost': (n) => `{"resourceSpans":[${fill('123456789012345.', n)}`,
  'colons before digits': (n) => `{"resourceSpans":[${fill(':1', n)}`,
  'names of headers': (n) => `_otel ${fill('"headers', n)}`,
  'names of headers, closed': (n) => `_otel ${fill('"headers"', n)}`,
  'a name of headers and backslashes': (n) => `{"__otel_otlp_stdout":1,"headers${fill('\\', n)}`,
  'a name of headers and escaped blanks': (n) => `{"__otel_otlp_stdout":1,"headers"${fill('\\n', n)}`,
  'a name of headers and blanks': (n) => `{"__otel_otlp_stdout":1,"headers"${fill(' ', n)}`,
  'letters by their number': (n) => `{"__otel_otlp_stdout":1,"${fill(String.raw`\\u0068`, n)}`,
  'quotes by their number': (n) => `{"__otel_otlp_stdout":1,${fill('u0022h', n)}`,
  'backslashes behind every quote': (n) => `{"__otel_otlp_stdout":1,${fill(`"${'\\'.repeat(99)}`, n)}`,
  'headers in headers': (n) => `{"__otel_otlp_stdout":1,"a":${fill('{"headers":', n)}`,
  'headers in headers, closed': (n) =>
    `{"__otel_otlp_stdout":1,"a":${fill('{"headers":', n / 2)}1${fill('}', n / 22)}}`,
  'a line in a line in a line': (n) => {
    let text = `{"headers":{"a":"${fill('x', n / 64)}"}}`;
    for (let depth = 0; depth < 5; depth++) text = JSON.stringify({ __otel_otlp_stdout: 1, message: text });
    return text;
  },
  'line feeds': (n) => `{"__otel_otlp_stdout":1}${fill('\n', n)}x`,
  'short lines': (n) => fill('{"_otel":1}\n', n),
};

describe('expressions that never end', () => {
  it.each(Object.keys(LINES))(
    'D17: %s: eight times the line takes eight times as long, not sixty-four',
    async (what) => {
      const make = LINES[what];
      if (make === undefined) throw new Error('no such line');
      const { invoke, reports } = await forwardingOf();
      const neighbour = line('traces', 'n');
      const times = await growth((length) => invoke(eventOf([make(length).slice(0, 1024 * 1024), neighbour]), 60_000));
      expect(times).toBeLessThan(LINEAR);
      expect(reports.every(({ balanced, destinations }) => balanced && destinations['otlp_http'] !== undefined)).toBe(
        true,
      );
    },
  );

  it('D17: a glob full of stars, on a name of any length', async () => {
    const pattern = `${'*a'.repeat(250)}*b`;
    const { invoke, reports } = await forwardingOf({
      processors: { filter: { exclude: { log_group: [pattern], log_stream: [pattern] } } },
      steps: ['filter'],
    });
    const name = (length: number): string => fill('a', length / 32);
    const times = await growth((length) =>
      invoke(eventOf([line('traces', 'n')], { logGroup: name(length), logStream: name(length) }), 60_000),
    );
    expect(times).toBeLessThan(LINEAR);
    expect(reports.at(-1)).toMatchObject({ destinations: { otlp_http: { traces: { delivered: 1 } } } });
  });

  const MESSAGES: Readonly<Record<string, (length: number) => string>> = {
    'control characters': (n) => fill('\u0001x', n),
    'pieces of the key': (n) => fill('Bearer aaaaaaa', n),
    'the key itself': (n) => fill('aaaaaaaaaaaaaaab ', n),
    'percent signs': (n) => fill('%4', n),
  };
  it.each(Object.keys(MESSAGES))('D17, D27: an answer full of %s', async (what) => {
    const make = MESSAGES[what];
    if (make === undefined) throw new Error('no such message');
    let length = 0;
    const { collector } = await forwardingOf(
      {},
      {
        script: () => ({
          status: 400,
          headers: { 'content-type': 'application/json', 'retry-after': fill('1', 8_000) },
          body: JSON.stringify({ message: make(length) }),
        }),
      },
    );
    const { invoke, reports } = await forwardingOf({
      exporters: { otlp_http: { endpoint: collector.url, headers: { authorization: `Bearer ${'a'.repeat(15)}b` } } },
    });
    const times = await growth((wanted) => {
      length = wanted;
      return invoke(eventOf([line('traces', 'n')]), 60_000);
    });
    expect(times).toBeLessThan(LINEAR);
    expect(reports.at(-1)?.errors).toHaveLength(1);
  });
});
