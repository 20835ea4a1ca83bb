import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { encodingContract } from '@serverless-otlp/testing/contracts';
import { describe, expect, it } from 'vitest';
import { inflateBudget } from '../pipeline/budget.ts';
import type { Decoded, Encoding, SourceRecord } from '../types.ts';
import { cloudwatchLogs } from './cloudwatch-logs.ts';
import { otlpJson } from './otlp-json.ts';
import { otlpStdout } from './otlp-stdout.ts';

const SPAN = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"n"}]}]}]}';
const subscription = (messages: readonly unknown[], over: object = {}): object => ({
  messageType: 'DATA_MESSAGE',
  owner: '111',
  logGroup: '/aws/lambda/app',
  logStream: 'stream',
  subscriptionFilters: ['f'],
  logEvents: messages.map((message, index) => ({ id: `e${index}`, timestamp: 1, message })),
  ...over,
});
const blob = (value: unknown): string => gzipSync(JSON.stringify(value)).toString('base64');
const record = (data: string | Uint8Array): SourceRecord => ({ id: 'awslogs', data, attributes: {} });

const options = { lines: [otlpStdout({ headers: ['owner', 'tenant'] }), otlpJson()], ownLogGroups: ['/own', '/own-2'] };
encodingContract('cloudwatch_logs', () => cloudwatchLogs(options), {
  examples: [record(blob(subscription([SPAN, 'noise']))), record(gzipSync(JSON.stringify(subscription([SPAN]))))],
});

const decode = (data: string | Uint8Array, lines: readonly Encoding[] = options.lines): readonly Decoded[] =>
  cloudwatchLogs({ ...options, lines }).decode(record(data), inflateBudget()) ?? [];
const kindsOf = (found: readonly Decoded[]): readonly string[] =>
  found.map((one) => ('request' in one ? 'request' : 'fault' in one ? one.fault.reason : one.ignored));

/** All but the content, which travels to the dead-letter store alone. */
const told = (found: unknown): string =>
  JSON.stringify(found, (name, value: unknown) => (name === 'content' ? undefined : value));

describe('cloudwatch_logs', () => {
  it('D16: gives one answer per line: read, set aside or ignored, each without its neighbours', () => {
    const lines = ['START', SPAN, '{"__otel_otlp_stdout":"x"}', SPAN, '', '{"a":1}', '{"resourceLogs":7}', SPAN];
    expect(kindsOf(decode(blob(subscription(lines))))).toEqual([
      'not_telemetry',
      'request',
      'envelope',
      'request',
      'not_telemetry',
      'not_telemetry',
      'value',
      'request',
    ]);
  });

  it('D16: names a fault by account, log group, stream and event id, as CloudWatch tells them', () => {
    const [found] = decode(blob(subscription(['{"__otel_otlp_stdout":"canary-20"}'])));
    expect(found).toMatchObject({
      fault: { source: { owner: '111', log_group: '/aws/lambda/app', log_stream: 'stream', id: 'e0' } },
    });
  });

  it('D19: the metadata is what CloudWatch says, not what a line says', () => {
    const evil: Encoding = {
      name: 'evil',
      decode: () => [
        {
          ...(decode(blob(subscription([SPAN])))[0] as { request: never }),
          metadata: { owner: '999', log_group: 'x', 'header.a': 'b' },
        },
      ],
    };
    expect(decode(blob(subscription(['x'])), [evil])).toMatchObject([
      { metadata: { owner: '111', log_group: '/aws/lambda/app', log_stream: 'stream', 'header.a': 'b' } },
    ]);
  });

  it('D26: a name longer than CloudWatch allows is cut: reports and letters repeat it', () => {
    const long = 'x'.repeat(2_000_000);
    const over = { owner: long, logGroup: long, logStream: long, logEvents: [{ id: long, message: '{"_otel":1}' }] };
    const [found] = decode(blob(subscription([], over)));
    expect(found).toMatchObject({ fault: { source: { log_group: 'x'.repeat(1024) } } });
    expect(told(found).length).toBeLessThan(5_000);
  });

  it('keeps every request when a line holds several', () => {
    const [one] = decode(blob(subscription([SPAN])));
    const several: Encoding = {
      name: 'several',
      decode: () => (one === undefined ? [] : [one, one, { ignored: 'own_logs' }]),
    };
    expect(kindsOf(decode(blob(subscription(['x', 'y'])), [several]))).toEqual([
      'request',
      'request',
      'own_logs',
      'request',
      'request',
      'own_logs',
    ]);
  });

  it('asks the next encoding when one finds nothing, and survives one that throws', () => {
    const nothing: Encoding = { name: 'nothing', decode: () => [] };
    const throwing: Encoding = {
      name: 'throwing',
      decode: ({ data }) => {
        if (data === 'canary-21') throw new Error('canary-21');
        return undefined;
      },
    };
    const found = decode(blob(subscription([SPAN, 'canary-21', SPAN])), [nothing, throwing, otlpJson()]);
    expect(kindsOf(found)).toEqual(['request', 'encoding_bug', 'request']);
    expect(told(found)).not.toContain('canary');
  });

  it.each([null, 7, true, {}, [], undefined])('D16: a message that is %j is an ignored line', (message) => {
    expect(kindsOf(decode(blob(subscription([message, SPAN]))))).toEqual(['not_telemetry', 'request']);
  });

  it.each([null, 7, 'x', []])('D16: a log event that is %j is an ignored line', (event) => {
    expect(kindsOf(decode(blob(subscription([], { logEvents: [event, { id: '1', message: SPAN }] }))))).toEqual([
      'not_telemetry',
      'request',
    ]);
  });

  it('reads the lines of an event that one call of a logger printed together', () => {
    expect(
      kindsOf(decode(blob(subscription([`${SPAN}\n${SPAN}\nnoise`, 'two\nlines', SPAN.replaceAll(',', ',\n')])))),
    ).toEqual(['request', 'request', 'not_telemetry', 'not_telemetry', 'request']);
  });

  it('D16, D17: of an event with half a million lines, those that are nothing come as one count', () => {
    const found = decode(blob(subscription([`${SPAN}\n${'a\n'.repeat(500_000)}${SPAN}`])));
    expect(kindsOf(found)).toEqual(['request', 'request', 'not_telemetry']);
    expect(found[2]).toEqual({ ignored: 'not_telemetry', lines: 500_000 });
  });

  it('D16, D17: an event with more lines of telemetry than a batch has events is set aside whole', () => {
    const lines = (count: number): string => `${SPAN}\n${'{"_otel":1}\n'.repeat(count - 1)}`;
    expect(kindsOf(decode(blob(subscription([lines(10_000)]))))).toHaveLength(10_000);
    const [found, ...others] = decode(blob(subscription([lines(10_001), SPAN])));
    expect(found).toMatchObject({
      fault: { reason: 'too_large', bytes: lines(10_001).length },
      content: lines(10_001),
    });
    expect(kindsOf(others)).toEqual(['request']);
  });

  it('D20: one event names a thousand tenants at most: lines of others are set aside', () => {
    const lineOf = (tenant: number): string =>
      JSON.stringify({
        __otel_otlp_stdout: '1',
        endpoint: 'http://h/v1/traces',
        'content-type': 'application/json',
        payload: SPAN,
        base64: false,
        headers: { tenant: String(tenant) },
      });
    const tenants = [...Array.from({ length: 1_002 }, (_, index) => index), 0, 999];
    const found = decode(blob(subscription([...tenants.map(lineOf), SPAN])));
    const faults = found.flatMap((one, index) => ('fault' in one ? [[index, one.fault.reason]] : []));
    expect(faults).toEqual([
      [1_000, 'too_large'],
      [1_001, 'too_large'],
    ]);
  });

  it('reads bytes as well as base64', () => {
    expect(kindsOf(decode(gzipSync(JSON.stringify(subscription([SPAN])))))).toEqual(['request']);
  });

  it('D21: a CONTROL_MESSAGE is acknowledged, whatever is in it', () => {
    const control = { messageType: 'CONTROL_MESSAGE', owner: 'CloudwatchLogs', logGroup: '', logStream: '' };
    expect(kindsOf(decode(blob(subscription(['CWL CONTROL MESSAGE: Checking health', SPAN], control))))).toEqual([
      'control_message',
      'control_message',
    ]);
    expect(decode(blob({ messageType: 'CONTROL_MESSAGE' }))).toEqual([]);
    expect(decode(blob(subscription([], control)))).toEqual([]);
  });

  it.each(['/own', '/own-2'])('D21: events of %s are acknowledged and not processed', (logGroup) => {
    expect(kindsOf(decode(blob(subscription([SPAN, 'x'], { logGroup }))))).toEqual(['own_logs', 'own_logs']);
    expect(kindsOf(decode(blob(subscription([SPAN], { logGroup: `${logGroup}/x` }))))).toEqual(['request']);
  });

  it.each<[string, string | Uint8Array, string]>([
    ['D18: no base64', '@@@@', 'base64'],
    [
      'D18: the URL alphabet',
      blob(subscription([SPAN]))
        .replace(/[+/]/, '-')
        .replace(/=*$/, ''),
      'base64',
    ],
    ['D18: nothing', '', 'gzip'],
    ['D18: no gzip', Buffer.from('canary-22').toString('base64'), 'gzip'],
    ['D18: truncated gzip', gzipSync(JSON.stringify(subscription([SPAN]))).subarray(0, -9), 'gzip'],
    ['D18: trailing garbage', Buffer.concat([gzipSync('{}'), Buffer.from('canary-22')]), 'gzip'],
    ['D16: no JSON', gzipSync('{"canary-22'), 'envelope'],
    ['D16: JSON that is no object', gzipSync('"canary-22"'), 'envelope'],
    ['D16: null', gzipSync('null'), 'envelope'],
    ['D16: no messageType', gzipSync('{"logEvents":[]}'), 'envelope'],
    ['D16: another messageType', gzipSync('{"messageType":"canary-22","logEvents":[]}'), 'envelope'],
    ['D16: no logEvents', gzipSync('{"messageType":"DATA_MESSAGE"}'), 'envelope'],
    [
      'D16: logEvents of a wrong type',
      gzipSync('{"messageType":"DATA_MESSAGE","logEvents":{"canary-22":1}}'),
      'envelope',
    ],
  ])('%s: the event is set aside whole', (_title, data, reason) => {
    const found = decode(data);
    expect(kindsOf(found)).toEqual([reason]);
    const sha256 = createHash('sha256').update(data).digest('hex');
    expect(found).toMatchObject([{ fault: { source: { id: 'awslogs' }, sha256, bytes: data.length } }]);
    expect(told(found)).not.toContain('canary');
  });

  it('D18: bytes that are no UTF-8 are replaced in their line and spare the others', () => {
    const json = Buffer.from(JSON.stringify(subscription(['bad \u0001\u0001', SPAN])).replaceAll('\\u0001', '\u0001'));
    const broken = json.map((byte) => (byte === 1 ? 0xff : byte));
    expect(kindsOf(decode(gzipSync(broken)))).toEqual(['not_telemetry', 'request']);
  });

  it('D17: 20 MiB are read, a byte more is set aside whole, within milliseconds for a bomb', () => {
    const padded = (size: number): Uint8Array => {
      const json = Buffer.from(JSON.stringify(subscription(['noise'])));
      return gzipSync(Buffer.concat([json, Buffer.alloc(size - json.length, ' ')]));
    };
    expect(kindsOf(decode(padded(20 << 20)))).toEqual(['not_telemetry']);
    expect(kindsOf(decode(padded((20 << 20) + 1)))).toEqual(['too_large']);
    const bomb = gzipSync(Buffer.alloc(256 << 20)).toString('base64');
    const before = process.cpuUsage();
    const found = decode(bomb);
    const { user, system } = process.cpuUsage(before);
    expect(found).toMatchObject([
      { fault: { reason: 'too_large', bytes: bomb.length, sha256: createHash('sha256').update(bomb).digest('hex') } },
    ]);
    expect((user + system) / 1_000).toBeLessThan(1_500);
  });

  it('D17: blobs draw on one budget, bombs in full', () => {
    const bomb = gzipSync(Buffer.alloc(40 << 20)).toString('base64');
    const budget = inflateBudget();
    const reasons = [1, 2, 3].map(() => kindsOf(cloudwatchLogs(options).decode(record(bomb), budget) ?? []).join());
    expect(reasons).toEqual(['too_large', 'budget', 'budget']);
  });

  it('D17: a bomb inside a line does not keep its neighbours from being read', () => {
    const bomb = gzipSync(Buffer.alloc(64 << 20)).toString('base64');
    const line = JSON.stringify({
      __otel_otlp_stdout: '1',
      endpoint: 'http://x/v1/traces',
      'content-type': 'application/x-protobuf',
      'content-encoding': 'gzip',
      payload: bomb,
      base64: true,
    });
    const found = decode(blob(subscription([SPAN, line, SPAN])));
    expect(kindsOf(found)).toEqual(['request', 'too_large', 'request']);
  });

  it('D17: nesting without end in the subscription itself crashes nothing', () => {
    const deep = (levels: number): Uint8Array =>
      gzipSync(`{"messageType":"DATA_MESSAGE","logEvents":[{"message":${'['.repeat(levels)}${']'.repeat(levels)}}]}`);
    expect(kindsOf(decode(deep(400_000)))).toEqual(['not_telemetry']);
    expect(kindsOf(decode(deep(1_000_000)))).toEqual(['too_large']);
  });

  it.each(['__proto__', 'constructor', 'toString'])('a subscription with the key %s pollutes nothing', (key) => {
    const json = JSON.stringify(subscription([SPAN])).replace('{', `{"${key}":{"polluted":1},`);
    expect(kindsOf(decode(gzipSync(json)))).toEqual(['request']);
    expect({}).not.toHaveProperty('polluted');
  });

  it('D17: a line longer than CloudWatch takes is set aside, and spares its neighbours', () => {
    const long = SPAN.replace('"n"', `"${'x'.repeat(1_048_576)}"`);
    expect(kindsOf(decode(blob(subscription([SPAN, long, SPAN]))))).toEqual(['request', 'too_large', 'request']);
  });

  it('10 000 lines, and one line of 1 MB', () => {
    const many = decode(blob(subscription(Array(10_000).fill(SPAN))));
    expect(many).toHaveLength(10_000);
    expect(new Set(kindsOf(many))).toEqual(new Set(['request']));
    const long = SPAN.replace('"n"', `"${'x'.repeat(1_000_000)}"`);
    expect(decode(blob(subscription([long])))).toMatchObject([{ request: { items: 1 } }]);
  });
});
