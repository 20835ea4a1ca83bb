import { expect, vi } from 'vitest';
import { collectorOf, forwardToSecrets, forwardWith, LINES } from './forwarding.ts';
import { migrationTable } from './table.ts';

const POISON =
  '{"__otel_otlp_stdout":"1","source":"canary","endpoint":"http://x/v1/traces","method":"POST","content-type":"application/x-protobuf","content-encoding":"gzip","payload":"canary!","base64":true}';
const SPANS = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"},{"name":"b"},{"name":"c"},{"name":"d"}]}]}]}';
const QUICK = { initial_interval_ms: 1, max_interval_ms: 2 };

const configOf = (url: string, settings: object = {}): object => ({
  exporters: { otlp_http: { endpoint: url, retry: QUICK, ...settings } },
  service: { pipelines: { traces: { exporters: ['otlp_http'] } } },
});

migrationTable('Behaviour', {
  'one collector of several fails': async () => {
    const [good, bad] = [await collectorOf(), await collectorOf({ script: () => ({ status: 403 }) })];
    const { report, waiting } = await forwardToSecrets({ good: { endpoint: good.url }, bad: { endpoint: bad.url } });
    expect(good.requests).toHaveLength(1);
    expect(waiting).toEqual({ 'otlp_http/bad': 1 });
    expect(report.balanced).toBe(true);
  },
  'a collector fails for a moment': async () => {
    const collector = await collectorOf({ script: [{ status: 503 }, { fault: 'reset' }] });
    const report = await forwardWith({}, [LINES.traces], { config: configOf(collector.url) });
    expect(collector.requests).toHaveLength(3);
    expect(report.destinations).toMatchObject({ otlp_http: { traces: { delivered: 1 } } });
  },
  'all collectors fail': async () => {
    const bad = await collectorOf({ script: () => ({ status: 403 }) });
    const { waiting } = await forwardToSecrets({ a: { endpoint: bad.url }, b: { endpoint: `${bad.url}/b` } });
    expect(waiting).toEqual({ 'otlp_http/a': 1, 'otlp_http/b': 1 });
    await expect(forwardWith({}, [LINES.traces], { config: configOf(bad.url) })).rejects.toThrow();
  },
  'a line alone that cannot be read': async () => {
    const collector = await collectorOf();
    const report = await forwardWith({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, [POISON]);
    expect(collector.requests).toHaveLength(0);
    expect(report).toMatchObject({ lines: { quarantined: 1 }, faults: [{ reason: 'base64' }], balanced: true });
  },
  'a line among others that cannot be read': async () => {
    const collector = await collectorOf();
    const printed = vi.spyOn(process.stdout, 'write');
    const report = await forwardWith({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, [
      LINES.traces,
      POISON,
      LINES.traces,
    ]);
    expect(report.lines).toMatchObject({ decoded: 2, quarantined: 1 });
    expect(collector.requests).toHaveLength(1);
    expect(JSON.stringify([report, printed.mock.calls])).not.toContain('canary');
    printed.mockRestore();
  },
  'a partial success': async () => {
    const body = JSON.stringify({ partialSuccess: { rejectedSpans: '1', errorMessage: 'no' } });
    const collector = await collectorOf({ script: () => ({ headers: { 'content-type': 'application/json' }, body }) });
    const report = await forwardWith({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, [SPANS]);
    expect(report.destinations).toMatchObject({ otlp_http: { traces: { delivered: 3, rejected: 1 } } });
    expect(collector.requests).toHaveLength(1);
  },
  'a request too large for the backend': async () => {
    const collector = await collectorOf({ script: [{ status: 413 }] });
    const report = await forwardWith({}, [SPANS], { config: configOf(collector.url) });
    expect(collector.requests).toHaveLength(3);
    expect(report.destinations).toMatchObject({ otlp_http: { traces: { delivered: 4 } } });
  },
  'lines of several functions in one event': async () => {
    const collector = await collectorOf();
    await forwardWith({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, [
      LINES.traces,
      LINES.logs,
      LINES.traces,
      LINES.metrics,
    ]);
    expect(collector.requests.map(({ path }) => path).sort()).toEqual(['/v1/logs', '/v1/metrics', '/v1/traces']);
  },
});
