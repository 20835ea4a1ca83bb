import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StdoutExporterOptions } from '../options.ts';
import { type Settings, settingsOf } from './settings.ts';

const warnings: string[] = [];
const settings = (options: StdoutExporterOptions = {}): Settings =>
  settingsOf('traces', options, (message) => warnings.push(message));

beforeEach(() => {
  warnings.length = 0;
  for (const name of Object.keys(process.env)) if (/^(OTEL|OTLP|AWS)_/.test(name)) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

describe('the settings of an exporter', () => {
  it('have their documented defaults', () => {
    expect(settings()).toEqual({
      format: 'compatible',
      gzipLevel: 6,
      level: undefined,
      pipePath: undefined,
      maxLineBytes: 60_000,
      maxWaitMs: 1000,
      source: 'unknown-service',
      headers: undefined,
    });
    expect(warnings).toEqual([]);
  });

  it('are read from variables, and from those that earlier exporters of this format read', () => {
    vi.stubEnv('OTLP_STDOUT_SPAN_EXPORTER_COMPRESSION_LEVEL', '9');
    vi.stubEnv('OTLP_STDOUT_SPAN_EXPORTER_LOG_LEVEL', 'warning');
    vi.stubEnv('OTLP_STDOUT_SPAN_EXPORTER_OUTPUT_TYPE', 'pipe');
    vi.stubEnv('OTLP_STDOUT_EXPORTER_FORMAT', 'compact');
    vi.stubEnv('OTLP_STDOUT_EXPORTER_MAX_LINE_BYTES', '200000');
    vi.stubEnv('OTLP_STDOUT_EXPORTER_MAX_WAIT_MS', '50');
    expect(settings()).toMatchObject({
      format: 'compact',
      gzipLevel: 9,
      level: 'WARN',
      pipePath: '/tmp/otlp-stdout-span-exporter.pipe',
      maxLineBytes: 200_000,
      maxWaitMs: 50,
    });
  });

  it('take the newer variable before the older one, and code before both', () => {
    vi.stubEnv('OTLP_STDOUT_SPAN_EXPORTER_COMPRESSION_LEVEL', '9');
    vi.stubEnv('OTLP_STDOUT_EXPORTER_COMPRESSION_LEVEL', '1');
    expect(settings().gzipLevel).toBe(1);
    expect(settings({ gzipLevel: 0 }).gzipLevel).toBe(0);
    vi.stubEnv('OTLP_STDOUT_EXPORTER_OUTPUT_TYPE', 'pipe');
    expect(settings({ output: 'stdout' }).pipePath).toBeUndefined();
    expect(settings({ pipePath: '/run/p' }).pipePath).toBe('/run/p');
  });

  it('name the source by option, service name, function name', () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'function');
    expect(settings().source).toBe('function');
    vi.stubEnv('OTEL_SERVICE_NAME', 'service');
    expect(settings().source).toBe('service');
    expect(settings({ source: 'option' }).source).toBe('option');
  });

  it('fall back with a warning that names the setting at fault', () => {
    vi.stubEnv('OTLP_STDOUT_SPAN_EXPORTER_COMPRESSION_LEVEL', '12');
    vi.stubEnv('OTLP_STDOUT_EXPORTER_FORMAT', 'xml');
    const options = { maxLineBytes: 2_000_000, maxWaitMs: NaN, level: 'LOUD' } as unknown as StdoutExporterOptions;
    expect(settings(options)).toMatchObject({
      format: 'compatible',
      gzipLevel: 6,
      maxLineBytes: 60_000,
      maxWaitMs: 1000,
    });
    expect(warnings).toEqual([
      'OTLP_STDOUT_EXPORTER_FORMAT must be compatible, compact, otlp_json',
      'OTLP_STDOUT_SPAN_EXPORTER_COMPRESSION_LEVEL must be a whole number from 0 to 9',
      'level must be DEBUG, INFO, WARN, ERROR',
      'maxLineBytes must be a whole number from 1000 to 1000000',
      'maxWaitMs must be a whole number from 0 to 60000',
    ]);
  });
});

describe('E6: headers', () => {
  beforeEach(() => {
    vi.stubEnv(
      'OTEL_EXPORTER_OTLP_HEADERS',
      'api-key=s3cret,authorization=Basic%20abc,Tenant-Id=a%3Db,region=eu,broken=%',
    );
    vi.stubEnv('OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'region=us');
  });

  it('are not copied into lines by themselves', () => {
    expect(settings().headers).toBeUndefined();
  });

  it("are copied when they are listed, the signal's own before the general ones", () => {
    expect(settings({ headers: ['tenant-id', 'Region', 'absent', 'broken'] }).headers).toEqual({
      'tenant-id': 'a=b',
      region: 'us',
    });
    vi.stubEnv('OTLP_STDOUT_EXPORTER_HEADERS', 'tenant-id, region');
    expect(settings().headers).toEqual({ 'tenant-id': 'a=b', region: 'us' });
    expect(warnings).toEqual([]);
  });

  it.each(['api-key', 'Authorization', 'x-auth-token', 'Cookie', 'DD-API-KEY', 'client_secret'])(
    'are never copied when they are named like a credential: %s',
    (name) => {
      expect(settings({ headers: [name] }).headers).toBeUndefined();
      expect(warnings).toEqual([`headers: ${name} is named like a credential and is not written into lines`]);
    },
  );
});
