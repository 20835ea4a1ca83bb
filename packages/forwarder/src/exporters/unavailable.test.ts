import { exporterContract, sampleTelemetry } from '@serverless-otlp/testing/contracts';
import { expect, it } from 'vitest';
import { unavailable } from './unavailable.ts';

exporterContract('unavailable', () => ({ exporter: unavailable('otlp_http/eu', 'the file cannot be read: ENOENT') }), {
  expects: 'rejected',
});

it('D4: refuses everything by a fault of the destination, and says what is broken', async () => {
  const exporter = unavailable('otlp_http/eu', 'tls.ca_file: the file cannot be read: ENOENT');
  expect(exporter.name).toBe('otlp_http/eu');
  for (const telemetry of sampleTelemetry().slice(0, 3)) {
    expect(await exporter.export(telemetry, Date.now() + 1_000)).toEqual([
      {
        destination: 'otlp_http/eu',
        telemetry,
        outcome: {
          status: 'rejected',
          fault: 'destination',
          error: new Error('its configuration is broken: tls.ca_file: the file cannot be read: ENOENT'),
        },
      },
    ]);
  }
});
