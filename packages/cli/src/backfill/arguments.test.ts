import { describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { argumentsOf, type BackfillOptions } from './arguments.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const ARN = 'arn:aws:logs:eu-central-1:123456789012:log-group:/b';
const options = (more: Partial<BackfillOptions>): BackfillOptions => ({ logGroup: ['/a'], since: '2h', ...more });

describe('arguments of a backfill', () => {
  it('D28: are log groups, each once, and times up to now', () => {
    const { logGroups, sinceMs, untilMs } = argumentsOf(options({ logGroup: ['/a', ARN, '/a', `${ARN}:*`] }), NOW);
    expect(logGroups.map(({ identifier }) => identifier)).toEqual(['/a', ARN]);
    expect([NOW - sinceMs, NOW - untilMs]).toEqual([7_200_000, 0]);
  });

  it('D28: may name account and Region of an ARN once more', () => {
    expect(() =>
      argumentsOf(options({ logGroup: [ARN], owner: '123456789012', region: 'eu-central-1' }), NOW),
    ).not.toThrow();
  });

  it.each<[string, Partial<BackfillOptions>, RegExp]>([
    ['an end before the begin', { until: '3h' }, /--since \(2026-01-31T10.*\) must be before --until \(2026-01-31T09/],
    ['no time at all', { since: 'now', until: 'now' }, /must be before/],
    ['a wrong time', { until: 'soon' }, /--until "soon" is no time/],
    ['a wrong log group', { logGroup: ['*'] }, /neither the name/],
    ['a wrong account', { owner: '12' }, /12 digits/],
    ['another account than that of the ARN', { logGroup: [ARN], owner: '999999999999' }, /another account/],
    ['another Region than that of the ARN', { logGroup: [ARN], region: 'us-east-1' }, /another Region/],
    ['a wrong Region', { region: 'EU Central' }, /must be an AWS Region/],
    ['a wrong endpoint', { endpointUrl: 'localhost:4566' }, /--endpoint-url must be/],
    ['an empty pattern', { filterPattern: '' }, /--filter-pattern must have 1 to 1024/],
    ['an empty destination', { destination: [''] }, /--destination needs/],
    ['a state of a dry run', { dryRun: true, state: 'x' }, /--dry-run keeps no state/],
    ['a dry run that begins anew', { dryRun: true, restart: true }, /--dry-run keeps no state/],
  ])('D28: refuse %s with the remedy', (_what, more, message) => {
    const refused = (): unknown => argumentsOf(options(more), NOW);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(message);
  });
});
