import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OriginRule, originMatcher } from './match.ts';
import type { Metadata } from './types.ts';

const PROD: Metadata = { owner: '111', log_group: '/aws/lambda/prod-a', log_stream: '2026/[$LATEST]1' };

describe('originMatcher', () => {
  it.each<[string, OriginRule, boolean]>([
    ['no rule', {}, true],
    ['include', { include: { logGroup: ['/aws/lambda/prod-*'] } }, true],
    ['include of all three', { include: { logGroup: ['*'], logStream: ['2026/*'], owner: ['111'] } }, true],
    ['include of two, one of them another', { include: { logGroup: ['*'], owner: ['222'] } }, false],
    ['include of nothing', { include: { owner: [] } }, false],
    ['include of another case', { include: { logGroup: ['/AWS/lambda/*'] } }, false],
    ['exclude', { exclude: { logStream: ['*LATEST*'] } }, false],
    ['exclude of another', { exclude: { owner: ['222'] } }, true],
    ['exclude of nothing', { exclude: { owner: [] } }, true],
    ['both', { include: { owner: ['*'] }, exclude: { owner: ['111'] } }, false],
  ])('D1: %s', (_what, rule, expected) => {
    expect(originMatcher(rule)(PROD)).toBe(expected);
  });

  it('D1: what the source does not say of itself matches nothing: an include keeps it out', () => {
    for (const metadata of [{}, { log_group: 'g' }]) {
      expect(originMatcher({ include: { owner: ['*'] } })(metadata)).toBe(false);
      expect(originMatcher({ exclude: { owner: ['*'] } })(metadata)).toBe(true);
    }
  });

  it('D1, D19: what an envelope says of itself is not looked at', () => {
    const claimed: Metadata = { 'header.owner': '111', 'header.log_group': 'prod', logGroup: 'prod' };
    expect(originMatcher({ include: { owner: ['*'] } })(claimed)).toBe(false);
    expect(originMatcher({ include: { logGroup: ['*'] } })(claimed)).toBe(false);
  });

  it('D1: two destinations of opposite rules get everything, and each part once', () => {
    const patterns = fc.array(fc.constantFrom('a*', 'b', '?', '*', ''), { maxLength: 3 });
    const metadata = fc.record({ owner: fc.string({ maxLength: 3 }), log_group: fc.string({ maxLength: 3 }) });
    fc.assert(
      fc.property(patterns, metadata, (owner, origin) => {
        const taken = originMatcher({ include: { owner } })(origin);
        const left = originMatcher({ exclude: { owner } })(origin);
        expect(taken).toBe(!left);
      }),
    );
  });
});
