import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BackfillIdentity, backfillKey, backfillStatePath } from './backfill.ts';

const identity: BackfillIdentity = {
  logGroups: ['/a', '/b'],
  since: '2h',
  until: 'now',
  destinations: ['x', 'y'],
  config: 'f.yaml',
};

describe('the key of a backfill', () => {
  it('D28: is the same for the same arguments, in whatever order', () => {
    const again = { ...identity, logGroups: ['/b', '/a', '/a'], destinations: ['y', 'x'], config: resolve('f.yaml') };
    expect(backfillKey(again, { UNRELATED: '1' })).toBe(backfillKey(identity, {}));
  });

  it('D28: is another for other lines and for other destinations', () => {
    const keys = [
      ...[
        {},
        { since: '3h' },
        { until: '1h' },
        { logGroups: ['/a'] },
        { destinations: ['x'] },
        { config: 'g.yaml' },
      ].map((more) => backfillKey({ ...identity, ...more }, {})),
      ...[{ filterPattern: 'p' }, { owner: '1' }, { region: 'r' }, { endpointUrl: 'u' }].map((more) =>
        backfillKey({ ...identity, ...more }, {}),
      ),
      ...[
        'AWS_REGION',
        'AWS_PROFILE',
        'OTLP_FORWARDER_CONFIG',
        'OTEL_EXPORTER_OTLP_ENDPOINT',
        'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
      ].map((name) => backfillKey(identity, { [name]: 'x' })),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('D28: says where its state is', () => {
    expect(backfillStatePath('0123456789abcdef0', { XDG_STATE_HOME: '/state' })).toBe(
      '/state/serverless-otlp/backfill-0123456789abcdef.jsonl',
    );
    for (const env of [{}, { XDG_STATE_HOME: 'relative' }])
      expect(backfillStatePath('k', env)).toBe(join(homedir(), '.local/state/serverless-otlp/backfill-k.jsonl'));
  });
});
