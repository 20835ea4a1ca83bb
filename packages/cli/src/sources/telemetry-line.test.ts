import { compactDeflate } from '@serverless-otlp/otlp/compact';
import { sampleBytes } from '@serverless-otlp/testing';
import { expect, it } from 'vitest';
import { decodeLine } from './telemetry-line.ts';

it('reads the first compact line it is given', () => {
  const payload = compactDeflate(sampleBytes('logs', { items: 2 }), 6).toString('base64');
  const line = JSON.stringify({ __otel_otlp_stdout: '0.1.0', source: 's', endpoint: '/v1/logs', payload });
  expect(decodeLine(line)).toMatchObject({ request: { signal: 'logs', items: 2 } });
});
