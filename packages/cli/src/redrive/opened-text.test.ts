import { memoryStore, sampleLetter } from '@serverless-otlp/testing';
import { gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Entry } from './entries.ts';
import { openEntry } from './open-entry.ts';
import { openedJson, openedText } from './opened-text.ts';

const T0 = Date.parse('2026-11-20T12:00:00Z');
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/;
const HOSTILE = '\u001b[2J\u0007\u009b1m\u202e\r';

const entryOf = (body: Uint8Array | undefined, over: Partial<Entry> = {}): Entry => {
  const store = memoryStore();
  const { key } = sampleLetter({ timeMs: T0 });
  if (body !== undefined) store.objects.set(key, body);
  return {
    ...{ store, key, state: 'pending', destination: 'd', kind: 'traces', timeMs: T0, bytes: 1, modifiedMs: T0 },
    sha256: 'x',
    ...over,
  };
};

const linesLetter = (content: string): Uint8Array =>
  sampleLetter({
    timeMs: T0,
    header: {
      ...{ content: 'lines', lines: 1, signal: undefined, items: undefined, reason: `cut ${HOSTILE}` },
      bytes: Buffer.byteLength(content),
      sha256: createHash('sha256').update(content).digest('hex'),
    },
    packed: gzipSync(content),
  }).body;

const texts = async (entry: Entry): Promise<{ readonly text: string; readonly json: Record<string, unknown> }> => {
  const opened = await openEntry(entry);
  if (opened === undefined) throw new Error('it is gone');
  const json = openedJson(entry, opened);
  expect(json).not.toMatch(CONTROL);
  const text = openedText(entry, opened);
  expect(text).not.toMatch(CONTROL);
  return { text, json: JSON.parse(json) as Record<string, unknown> };
};

describe('an object that is shown', () => {
  it('says what it is, and then its request as OTLP/JSON', async () => {
    const source = { owner: '1', log_group: `/aws/${HOSTILE}`, 'header.x-tenant-with-a-long-name': 'blue' };
    const { body } = sampleLetter({ timeMs: T0, items: 2, source, header: { bisect: true } });
    const { text, json } = await texts(entryOf(body));
    const lines = text.trimEnd().split('\n');
    expect(lines[0]).toBe(sampleLetter({ timeMs: T0 }).key);
    expect(lines).toContain('  signal        traces');
    expect(lines).toContain('  items         2');
    expect(lines).toContain('  reason        collector.example answered 503');
    expect(lines).toContain('  firstEventAt  2026-11-20T12:00:00.000Z');
    expect(lines).toContain('  header.x-tenant-with-a-long-name blue');
    const request = JSON.parse(lines.at(-1) ?? '') as { readonly resourceSpans: unknown[] };
    expect(request.resourceSpans).toHaveLength(1);
    expect(json).toMatchObject({ header: { reason: 'collector.example answered 503', source }, request });
  });

  it('keeps 64-bit integers whole', async () => {
    const { json } = await texts(entryOf(sampleLetter({ timeMs: T0, items: 1 }).body));
    expect(JSON.stringify(json)).toContain('"startTimeUnixNano":"1755800000123456789"');
  });

  it('is drawn as a tree when a person asks for it', async () => {
    const entry = entryOf(sampleLetter({ timeMs: T0, items: 2 }).body);
    const opened = await openEntry(entry);
    const terminal = { columns: 80, unicode: false, isTty: false, style: (_: unknown, text: string) => text };
    const text = opened && openedText(entry, opened, terminal);
    expect(text).toContain('operation 0');
    expect(text).not.toContain('resourceSpans');
  });

  it('shows lines that could not be read, with escapes for what would act on a terminal', async () => {
    const content = [
      { id: '1', reason: 'truncated', line: `{"payload": "${HOSTILE}` },
      { reason: 'base64', base64: 'AAEC' },
      { reason: 'nothing else' },
      7,
    ]
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('');
    const { text, json } = await texts(entryOf(linesLetter(content)));
    expect(text).toContain('  event 1: truncated\n    {"payload": "\\x1b[2J\\x07\\x9b1m\\u202e\\r\n');
    expect(text).toContain('  base64\n    base64: AAEC\n');
    expect(text).toContain('  nothing else\n    (nothing)\n');
    expect(json['lines']).toHaveLength(4);
  });

  it('shows events that Lambda gave up, decoded', async () => {
    const data = gzipSync(
      JSON.stringify({
        ...{ messageType: 'DATA_MESSAGE', owner: '1', logGroup: 'g', logStream: 's', subscriptionFilters: ['f'] },
        logEvents: [
          { id: '1', timestamp: 1, message: '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"traceId":""}]}]}]}' },
          { id: '2', timestamp: 1, message: 'no telemetry' },
          { id: '3', timestamp: 1, message: '{"__otel_otlp_stdout":"x"}' },
        ],
      }),
    ).toString('base64');
    const record = {
      timestamp: `2026-11-20T12:00:00Z${HOSTILE}`,
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3, requestId: 'r' },
      requestPayload: { awslogs: { data } },
      responseContext: { functionError: 'Unhandled' },
    };
    const entry = entryOf(Buffer.from(JSON.stringify(record)), { destination: 'events' });
    const { text, json } = await texts(entry);
    expect(text).toContain('  condition     RetriesExhausted\n  invocations   3\n');
    expect(text).toContain('{"resourceLogs":[');
    expect(text).toContain('  cannot be read (');
    expect(json).toMatchObject({ record: { requestContext: record.requestContext } });
    expect(json['requests']).toHaveLength(1);
    expect(json['faults']).toHaveLength(1);
    expect(JSON.stringify(json['record'])).not.toContain('awslogs');
    const other = await texts(entryOf(Buffer.from('{"requestPayload":{"a":1}}'), { destination: 'events' }));
    expect(other.text).toContain('this is not a CloudWatch Logs subscription event');
  });

  it.each([
    ['garbage', Buffer.from(HOSTILE), {}, 'not a dead letter', false],
    ['a broken checksum', sampleLetter({ timeMs: T0, header: { sha256: 'x' } }).body, {}, 'checksum', true],
    ['a broken content', sampleLetter({ timeMs: T0, packed: Buffer.from('x') }).body, {}, '', true],
    ['another signal', sampleLetter({ timeMs: T0, header: { signal: 'logs' } }).body, {}, '', true],
    ['lines that are no JSON', linesLetter('{"a":'), {}, 'its content is no JSON', true],
    ['no event', Buffer.from('{}'), { destination: 'events' }, 'not an event', false],
  ])('says what is wrong with %s', async (_, body, over, damage, hasHeader) => {
    const entry = entryOf(body, over);
    const opened = await openEntry(entry);
    if (opened?.kind !== 'damaged') throw new Error('it is sound');
    expect(opened.damage).toContain(damage);
    expect(opened.damage).not.toBe('');
    expect(opened.header !== undefined).toBe(hasHeader);
    const { text, json } = await texts(entry);
    expect(text.includes('  reason')).toBe(hasHeader);
    expect(json).toMatchObject({ damage: opened.damage });
  });

  it('is nothing when somebody has taken it', async () => {
    expect(await openEntry(entryOf(undefined))).toBeUndefined();
  });
});
