import { requestFromJson, writeEnvelope } from '@serverless-otlp/otlp';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { linesOf } from './lines.ts';
import { createOtherLines } from './passthrough.ts';

const envelope = writeEnvelope(requestFromJson({ resourceLogs: [{ scopeLogs: [{ logRecords: [{}] }] }] }), {
  source: 's',
  version: '1',
});

const otherLines = async (text: string | Buffer, maxBytes = 10_000): Promise<string> => {
  const others = createOtherLines();
  const parts: Buffer[] = [];
  for await (const lines of linesOf(Readable.from([Buffer.from(text)]), maxBytes)) parts.push(others(lines));
  return Buffer.concat(parts).toString('latin1');
};

describe('createOtherLines', () => {
  it('takes out telemetry and leaves every other byte as it is', async () => {
    const garbage = Buffer.from([0xff, 0x00, 0x0a]).toString('latin1');
    const text = Buffer.from(
      `hello\r\n${envelope}\n{"resourceLogs":[]}\n{"message":"resourceSpans"}\n${garbage}last`,
      'latin1',
    );
    expect(await otherLines(text)).toBe(`hello\r\n{"message":"resourceSpans"}\n${garbage}last`);
  });

  it('takes out all pieces of an envelope that was split', async () => {
    expect(await otherLines(`a\n${envelope}\nb\n`, 50)).toBe('a\nb\n');
  });

  it('leaves all pieces of another long line', async () => {
    const long = `${'x'.repeat(500)}\n`;
    expect(await otherLines(long, 50)).toBe(long);
  });
});
