import { requestFromJson } from '@serverless-otlp/otlp';
import { processorContract } from '@serverless-otlp/testing/contracts';
import { describe, expect, it } from 'vitest';
import type { OriginRule } from '../match.ts';
import type { Metadata, Telemetry } from '../types.ts';
import { filter } from './filter.ts';

processorContract('filter of nothing', () => filter({}), { keepsItems: true });
processorContract('filter', () => filter({ exclude: { owner: ['tenant-b'] } }));

const telemetry = (metadata: Metadata): Telemetry => ({
  request: requestFromJson({ resourceSpans: [{ scopeSpans: [{ spans: [{ name: 's' }] }] }] }),
  records: new Set(['r']),
  metadata,
});
const passes = (options: OriginRule, metadata: Metadata): boolean =>
  filter(options).process([telemetry(metadata)]).length === 1;

const PROD: Metadata = { owner: '111', log_group: '/aws/lambda/prod-a' };

describe('filter', () => {
  it.each<[string, OriginRule, boolean]>([
    ['nothing', {}, true],
    ['empty lists of patterns', { include: {}, exclude: {} }, true],
    ['include literal', { include: { logGroup: ['/aws/lambda/prod-a'] } }, true],
    ['include another', { include: { logGroup: ['/aws/lambda/prod'] } }, false],
    ['include glob', { include: { logGroup: ['/aws/lambda/prod-*'] } }, true],
    ['include any of several', { include: { logGroup: ['x', '*/prod-?'] } }, true],
    ['include no pattern at all', { include: { logGroup: [] } }, false],
    ['include both', { include: { logGroup: ['*'], owner: ['111'] } }, true],
    ['include only one of both', { include: { logGroup: ['*'], owner: ['222'] } }, false],
    ['exclude glob', { exclude: { logGroup: ['*prod*'] } }, false],
    ['exclude either', { exclude: { logGroup: ['x'], owner: ['111'] } }, false],
    ['exclude another', { exclude: { logGroup: ['x'], owner: ['222'] } }, true],
    ['exclude wins', { include: { owner: ['111'] }, exclude: { owner: ['*'] } }, false],
    ['exclude no pattern at all', { exclude: { owner: [] } }, true],
    ['what looks like a regular expression', { include: { logGroup: ['/aws/lambda/prod.a'] } }, false],
  ])('with %s', (_what, options, expected) => {
    expect(passes(options, PROD)).toBe(expected);
  });

  it('keeps out what does not say where it is from, and lets nobody talk it in', () => {
    expect(passes({ include: { owner: ['*'] } }, {})).toBe(false);
    expect(passes({ exclude: { owner: ['*'] } }, {})).toBe(true);
    expect(passes({ include: { owner: ['111'] } }, { 'header.owner': '111', source: '111' })).toBe(false);
  });

  it('keeps the order and the very objects that pass', () => {
    const parts = [telemetry(PROD), telemetry({ owner: '2' }), telemetry(PROD)];
    const kept = filter({ include: { owner: ['111'] } }).process(parts);
    expect(kept).toHaveLength(2);
    expect(kept[0]).toBe(parts[0]);
    expect(kept[1]).toBe(parts[2]);
  });
});
