import { expect, it } from 'vitest';
import { SIGNAL_PATHS, signalOfPath, SIGNALS } from './signal.ts';

it('U6: every signal has its default path', () => {
  expect(SIGNAL_PATHS).toEqual({ traces: '/v1/traces', metrics: '/v1/metrics', logs: '/v1/logs' });
  for (const signal of SIGNALS) expect(signalOfPath(SIGNAL_PATHS[signal])).toBe(signal);
});

it.each(['', '/', '/v1/traces/', '/v1/Traces', 'v1/traces', '/v1/profiles', '/v1/logs?x'])(
  '%j is the path of no signal',
  (path) => {
    expect(signalOfPath(path)).toBeUndefined();
  },
);
