import { exporterContract, sampleRequest } from '@serverless-otlp/testing/contracts';
import { describe, expect, it } from 'vitest';
import { debug } from './debug.ts';

exporterContract('debug', () => ({ exporter: debug({ write: () => undefined }) }), { expects: 'delivered' });

const telemetry = {
  request: sampleRequest('logs', 'canary-of-the-payload', 3),
  records: new Set(['record-of-the-source']),
  metadata: { owner: '123', 'header.x-tenant': 'canary-of-a-header' },
};

describe('debug', () => {
  it('writes one line of counts for a request and says that it is delivered', async () => {
    const lines: string[] = [];
    const deliveries = await debug({ name: 'debug/2', write: (line) => lines.push(line) }).export(telemetry, 0);
    expect(deliveries).toEqual([{ destination: 'debug/2', telemetry, outcome: { status: 'delivered' } }]);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        exporter: 'debug/2',
        signal: 'logs',
        items: 3,
        bytes: telemetry.request.bytes.length,
        metadata: { owner: '123' },
      },
    ]);
    expect(lines[0]).not.toContain('\n');
  });

  it('D27: writes nothing of the content, and no header an envelope brought along', async () => {
    const lines: string[] = [];
    await debug({ write: (line) => lines.push(line) }).export(telemetry, 0);
    expect(lines.join('')).not.toContain('canary');
  });
});
