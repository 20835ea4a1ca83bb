import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { collectorOf, forwardWith, LINES } from './forwarding.ts';
import { migrationTable } from './table.ts';

const fixtures = new URL('../fixtures/', import.meta.url);
const linesOf = (file: string): readonly string[] =>
  readFileSync(new URL(file, fixtures), 'utf8').trimEnd().split('\n');
const dialects = readdirSync(new URL('hand-made/dialects/', fixtures));

/** All lines of these dialects arrive, each signal at its path. */
const arrive = async (
  beginning: string,
  paths: readonly string[] = ['/v1/traces', '/v1/metrics', '/v1/logs'],
): Promise<void> => {
  const files = dialects.filter((name) => name.startsWith(beginning));
  expect(files.length).toBeGreaterThan(0);
  for (const name of files) {
    const collector = await collectorOf();
    const lines = linesOf(`hand-made/dialects/${name}`);
    const report = await forwardWith({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, lines);
    expect(report).toMatchObject({ lines: { in: lines.length, decoded: lines.length }, balanced: true });
    expect(new Set(collector.requests.map(({ path }) => path))).toEqual(new Set(paths));
  }
};

/** A published line, written anew with other fields and another compression. */
const rewritten = (fields: object, level?: number): string => {
  const [line = ''] = linesOf('envelopes/envelope-node-0.17.3-basic.jsonl');
  const envelope = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const bytes = gunzipSync(Buffer.from(String(envelope['payload']), 'base64'));
  const payload = gzipSync(bytes, level === undefined ? {} : { level }).toString('base64');
  return JSON.stringify({ ...envelope, payload, ...fields });
};

const decoded = async (lines: readonly string[], config?: object): Promise<number> => {
  const collector = await collectorOf();
  const report = await forwardWith(
    { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    lines,
    config === undefined ? {} : { config },
  );
  return report.lines.decoded;
};

migrationTable('Libraries', {
  '@dev7a/otlp-stdout-span-exporter': async () => {
    for (const name of readdirSync(new URL('envelopes/', fixtures))) {
      const lines = linesOf(`envelopes/${name}`);
      expect(await decoded(lines)).toBe(lines.length);
    }
  },
  'otlp-stdout-span-exporter for Python and Rust': () => arrive('current'),
  '@dev7a/lambda-otel-lite and lambda-otel-lite': async () => {
    const lines = ['v1', 'v2', 'alb', 'err'].flatMap((name) => linesOf(`envelopes/envelope-node-0.17.3-${name}.jsonl`));
    expect(await decoded(lines)).toBe(lines.length);
  },
  'otlp-stdout-client': async () => {
    await arrive('september-2024');
    await arrive('early-2025-json');
  },
  '@dev7a/otlp-stdout-exporter and otlp-stdout-adapter': () => arrive('early-2025'),
  OTLP_STDOUT_SPAN_EXPORTER_COMPRESSION_LEVEL: async () => {
    expect(await decoded([0, 1, 6, 9].map((level) => rewritten({}, level)))).toBe(4);
  },
  OTLP_STDOUT_SPAN_EXPORTER_LOG_LEVEL: async () => {
    expect(await decoded(['DEBUG', 'INFO', 'WARN', 'ERROR', 'other'].map((level) => rewritten({ level })))).toBe(5);
  },
  'OTEL_EXPORTER_OTLP_HEADERS of a function': async () => {
    const collector = await collectorOf();
    const line = rewritten({ headers: { 'x-tenant': 't1', authorization: 'theirs' } });
    await forwardWith({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, [line]);
    const config = {
      exporters: { otlp_http: { endpoint: collector.url } },
      encodings: { otlp_stdout: { headers: ['x-tenant'] } },
      service: { pipelines: { traces: { exporters: ['otlp_http'] } } },
    };
    await forwardWith({}, [line], { config });
    const [ignored, kept] = collector.requests.map(({ headers }) => [headers['x-tenant'], headers.authorization]);
    expect([ignored, kept]).toEqual([
      [undefined, undefined],
      ['t1', undefined],
    ]);
  },
  'otlp-sigv4-client': async () => {
    const collector = await collectorOf();
    const env = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'b' };
    const config = {
      exporters: { otlp_http: { endpoint: collector.url, auth: { sigv4: { service: 'xray', region: 'eu-west-1' } } } },
      service: { pipelines: { traces: { exporters: ['otlp_http'] } } },
    };
    await forwardWith(env, [LINES.traces], { config });
    expect(collector.requests[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/xray\/aws4_request/,
    );
  },
  'otlp-stdout-kinesis-processor and its extension': async () => {
    // Where no extension has made a pipe, its exporters print to standard output, and that is read.
    expect(await decoded([rewritten({})])).toBe(1);
  },
});
