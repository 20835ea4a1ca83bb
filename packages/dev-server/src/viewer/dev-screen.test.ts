import { requestFromJson, type OtlpRequest } from '@serverless-otlp/otlp';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Terminal } from '../config/terminal.ts';
import { createDevScreen } from './dev-screen.ts';

const terminal: Terminal = { columns: 80, unicode: false, isTty: false, style: (_, text) => text };
const traceId = '0af7651916cd43dd8448eb211c80319c';

const request = (...spanIds: readonly string[]): OtlpRequest =>
  requestFromJson({
    resourceSpans: [{ scopeSpans: [{ spans: spanIds.map((spanId) => ({ traceId, spanId, name: spanId })) }] }],
  });

const headers = (lines: readonly string[]): readonly string[] => lines.filter((line) => line.startsWith('trace'));

describe('createDevScreen', () => {
  it('draws a trace once it is quiet, and again when spans come late', async () => {
    const lines: string[] = [];
    const screen = createDevScreen({ terminal, print: (more) => void lines.push(...more), quietMs: 20 });
    screen.show(request('00000000000000a1'));
    screen.show(request('00000000000000a2'));
    expect(lines).toEqual([]);
    await sleep(80);
    expect(headers(lines)).toEqual([expect.stringContaining('2 spans')]);
    screen.show(request('00000000000000a2'));
    await sleep(80);
    expect(headers(lines)).toHaveLength(1);
    screen.show(request('00000000000000a3'));
    await sleep(80);
    expect(headers(lines)[1]).toContain('1 late');
    expect(headers(lines)[1]).toContain('3 spans');
  });

  it('draws at once what waits when told to', () => {
    const lines: string[] = [];
    const screen = createDevScreen({ terminal, print: (more) => void lines.push(...more) });
    screen.show(request('00000000000000a1'));
    screen.flush();
    expect(headers(lines)).toHaveLength(1);
  });

  it('does not flood the terminal with the lines of one request', () => {
    const lines: string[] = [];
    const screen = createDevScreen({ terminal, print: (more) => void lines.push(...more) });
    const logRecords = Array.from({ length: 100 }, (_, index) => ({ body: { intValue: String(index) } }));
    screen.show(requestFromJson({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }));
    expect(lines).toHaveLength(41);
    expect(lines.at(-1)).toContain('60 more records');
  });
});
