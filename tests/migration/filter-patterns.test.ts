import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { collectorOf, forwardWith } from './forwarding.ts';
import { GUIDE, migrationTable } from './table.ts';

const fixtures = new URL('../fixtures/', import.meta.url);
const linesOf = (file: string): readonly string[] =>
  readFileSync(new URL(file, fixtures), 'utf8').trimEnd().split('\n');

/** Whether a pattern that asks for a top-level key brings this line: JSON whose key holds something that is no list or object. */
const brings = (key: string, line: string): boolean => {
  const value = (JSON.parse(line) as Readonly<Record<string, unknown>>)[key];
  return ['string', 'number', 'boolean'].includes(typeof value);
};

const delivered = async (lines: readonly string[], logGroup?: string): Promise<number> => {
  const collector = await collectorOf();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, AWS_LAMBDA_FUNCTION_NAME: 'otlp-forwarder' };
  const { lines: counts } = await forwardWith(env, lines, logGroup === undefined ? {} : { logGroup });
  return counts.decoded;
};

migrationTable('Filter patterns', {
  '{ $.__otel_otlp_stdout = * }': async () => {
    for (const name of readdirSync(new URL('envelopes/', fixtures))) {
      const lines = linesOf(`envelopes/${name}`);
      expect(lines.every((line) => brings('__otel_otlp_stdout', line))).toBe(true);
      expect(await delivered(lines)).toBe(lines.length);
    }
  },
  '{ $._otel = * }': async () => {
    const lines = linesOf('hand-made/dialects/september-2024.jsonl');
    expect(lines.every((line) => brings('_otel', line))).toBe(true);
    expect(await delivered(lines)).toBe(lines.length);
  },
  'LogGroupName NOT IN ["/aws/<function>"]': async () => {
    expect(GUIDE).toContain(`LogGroupName NOT IN ["/aws/lambda/otlp-forwarder", "/aws/lambda/otlp-forwarder-redrive"]`);
    const lines = linesOf('hand-made/dialects/current.jsonl');
    expect(await delivered(lines, '/aws/lambda/otlp-forwarder')).toBe(0);
    expect(await delivered(lines, '/aws/lambda/shop')).toBe(lines.length);
  },
  '"Distribution": "Random"': () => {
    expect(/--policy-document '([^']*)'/.exec(GUIDE)?.[1]).not.toContain('Distribution');
  },
  "{ $.resource.attributes.['service.name'] = * && $.attributes.['aws.xray.inprogress'] NOT EXISTS }": async () => {
    expect(await delivered(['{"resource":{"attributes":{"service.name":"s"}},"attributes":{},"name":"n"}'])).toBe(0);
  },
});
