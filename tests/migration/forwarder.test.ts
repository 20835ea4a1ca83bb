import { describe, expect, it } from 'vitest';
import { collectorOf, forwardWith, LINES, variablesFor } from './forwarding.ts';

/** A line of an instrumented function that calls itself so. */
const lineOf = (source: string): string =>
  `{"__otel_otlp_stdout":"1","source":"${source}","endpoint":"http://x/v1/traces","method":"POST","content-type":"application/json","payload":${LINES.traces}}`;

describe('migration: a forwarder that has nothing but the secrets and the variable of the reference', () => {
  it('sends to all of them, each with its own key, signed where it says so', async () => {
    const [one, other] = [await collectorOf(), await collectorOf()];
    const env = await variablesFor({
      one: { name: 'one', endpoint: `${one.url}/base`, auth: 'x-api-key=k1' },
      other: { name: 'other', endpoint: other.url, auth: 'sigv4', exclude: null, disabled: 'false' },
      off: { name: 'off', endpoint: one.url, disabled: true },
    });
    const report = await forwardWith(env, [LINES.traces, LINES.logs]);
    expect(one.requests.map(({ path, headers }) => [path, headers['x-api-key']]).sort()).toEqual([
      ['/base/v1/logs', 'k1'],
      ['/base/v1/traces', 'k1'],
    ]);
    expect(other.requests).toHaveLength(2);
    expect(other.requests[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/\d+\/eu-west-1\/xray\//,
    );
    expect(Object.keys(report.destinations).sort()).toEqual(['otlp_http/one', 'otlp_http/other']);
    expect(report.balanced).toBe(true);
  });

  it('sends nothing where the log group is excluded', async () => {
    const collector = await collectorOf();
    const env = await variablesFor({ a: { name: 'a', endpoint: collector.url, exclude: '^dev-|/dev-' } });
    const report = await forwardWith(env, [LINES.traces], { logGroup: '/aws/lambda/dev-shop' });
    expect(collector.requests).toHaveLength(0);
    expect(report.destinations).toMatchObject({ 'otlp_http/a': { traces: { decoded: 1, filtered: 1 } } });
    await forwardWith(env, [LINES.traces], { logGroup: '/aws/lambda/shop' });
    expect(collector.requests).toHaveLength(1);
  });

  it('sends nothing where the source is excluded, and what is not', async () => {
    const collector = await collectorOf();
    const env = await variablesFor({ a: { name: 'a', endpoint: collector.url, exclude: '^dev-' } });
    const lines = ['dev-shop', 'shop', 'x'.repeat(600)].map(lineOf);
    const report = await forwardWith(env, lines, { logGroup: '/aws/lambda/shop' });
    expect(collector.requests).toHaveLength(1);
    expect(report.destinations).toMatchObject({ 'otlp_http/a': { traces: { decoded: 3, filtered: 2, delivered: 1 } } });
  });

  it('F18: one whose exclude does not compile gets nothing, and the others theirs', async () => {
    const [open, closed] = [await collectorOf(), await collectorOf()];
    const env = await variablesFor({
      closed: { name: 'a', endpoint: closed.url, exclude: '[' },
      open: { name: 'b', endpoint: open.url },
    });
    await forwardWith(env);
    expect([open.requests.length, closed.requests.length]).toEqual([1, 0]);
  });
});
