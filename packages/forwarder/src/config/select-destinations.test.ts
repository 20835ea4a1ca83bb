import { expect, it } from 'vitest';
import { buildForwarder } from './build.ts';
import { ConfigError } from './config-error.ts';
import { withPem } from './pem.ts';
import { selectDestinations } from './select-destinations.ts';
import type { Config } from './settings.ts';

const config: Config = {
  exporters: {
    'otlp_http/a': { endpoint: 'http://a' },
    'otlp_http/b': { endpoint: 'http://b', tls: { ca_file: '/no/such/file' } },
    'otlp_http/idle': { endpoint: 'http://c' },
  },
  service: {
    reserve_ms: 7,
    pipelines: {
      traces: { processors: [], exporters: ['otlp_http/a', 'otlp_http/b'] },
      logs: { exporters: ['otlp_http/b'] },
    },
  },
};

it('keeps the pipelines with the chosen destinations alone, and everything else as it is', () => {
  const { pipelines, reserveMs } = buildForwarder(selectDestinations(config, ['otlp_http/a', 'otlp_http/a']));
  const names = (signal: 'traces' | 'logs'): unknown =>
    pipelines[signal]?.destinations.map(({ exporter }) => exporter.name);
  expect(names('traces')).toEqual(['otlp_http/a']);
  expect(names('logs')).toEqual([]);
  expect(pipelines.metrics).toBeUndefined();
  expect(pipelines.traces?.processors).toEqual([]);
  expect(reserveMs).toBe(7);
});

it('does not make the others, so that a broken one is in nobody’s way', () => {
  expect(() => buildForwarder(withPem(config))).toThrow(ConfigError);
  expect(() => buildForwarder(selectDestinations(withPem(config), ['otlp_http/a']))).not.toThrow();
});

it.each(['otlp_http/z', 'otlp_http/idle', '__proto__'])('refuses %s and lists the known ones', (id) => {
  expect(() => selectDestinations(config, ['otlp_http/a', id])).toThrow(
    `destinations: no pipeline sends to "${id}"; known: otlp_http/a, otlp_http/b`,
  );
});

it('lets the whole configuration through when all are chosen', () => {
  const { 'otlp_http/a': a, 'otlp_http/b': b } = config.exporters;
  expect(selectDestinations(config, ['otlp_http/b', 'otlp_http/a'])).toEqual({
    ...config,
    exporters: { 'otlp_http/a': a, 'otlp_http/b': b },
  });
});
