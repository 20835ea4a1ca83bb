import { describe, expect, it } from 'vitest';
import { reasonsOf, takeBroken } from './broken-exporters.ts';
import type { ConfigProblem } from './config-error.ts';

const STORE = { folder: { path: '/tmp' } };
const at = (path: string): ConfigProblem => ({ path, message: 'the variable X is not set' });

/** What is left of the problems, and what is broken instead. */
const taken = (exporters: unknown, paths: readonly string[], store: typeof STORE | undefined = STORE) => {
  const problems = paths.map(at);
  const broken = takeBroken(exporters, store, problems);
  return { left: problems.map(({ path }) => path), broken: reasonsOf(broken) };
};

describe('exporters with values that have no value', () => {
  it('D4: fail alone when their telemetry can wait', () => {
    const paths = ['exporters.a.headers.x-key', 'exporters.a.endpoint', 'service.reserve_ms', 'exporters.b.endpoint'];
    expect(taken({ a: {}, b: {} }, paths)).toEqual({
      left: ['service.reserve_ms'],
      broken: {
        a: 'headers.x-key the variable X is not set; endpoint the variable X is not set',
        b: 'endpoint the variable X is not set',
      },
    });
  });

  it.each([
    ['there is no store', { a: {} }, undefined],
    ['it wants none', { a: { dead_letter: false } }, STORE],
    ['it wants none, says a variable', { a: { dead_letter: 'FALSE' } }, STORE],
  ])('D4: are a mistake of the whole file when %s', (_what, exporters, store) => {
    const problems = [at('exporters.a.endpoint')];
    expect(takeBroken(exporters, store, problems).size).toBe(0);
    expect(problems).toHaveLength(1);
  });

  it.each(['match', 'match.include.owner.0', 'match.exclude', 'dead_letter'])(
    'D1: are a mistake of the whole file when it is %s, which decides what they may have',
    (setting) => {
      const paths = ['exporters.a.endpoint', `exporters.a.${setting}`];
      expect(taken({ a: {} }, paths)).toEqual({ left: paths, broken: {} });
    },
  );

  it('D4: what only begins like a deciding setting is none', () => {
    expect(taken({ a: {} }, ['exporters.a.matches']).left).toEqual([]);
  });

  it('D4: an id that begins like another one, and holds dots, is told apart', () => {
    const exporters = { 'otlp_http/a': {}, 'otlp_http/a.b': {} };
    expect(Object.keys(taken(exporters, ['exporters.otlp_http/a.b.endpoint']).broken)).toEqual(['otlp_http/a.b']);
    expect(Object.keys(taken(exporters, ['exporters.otlp_http/a.endpoint']).broken)).toEqual(['otlp_http/a']);
  });

  it.each([undefined, null, 'x', 7, []])('of %j are none', (exporters) => {
    expect(taken(exporters, ['exporters.a.endpoint']).left).toEqual(['exporters.a.endpoint']);
  });

  it('named after the prototype are nobody’s', () => {
    expect(taken({}, ['exporters.constructor.name', 'exporters.__proto__.x']).broken).toEqual({});
  });

  it('D4: 20 000 of them take no time', () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => `otlp_http/${index}`);
    const began = performance.now();
    const { broken } = taken(
      Object.fromEntries(ids.map((id) => [id, {}])),
      ids.map((id) => `exporters.${id}.endpoint`),
    );
    expect(Object.keys(broken)).toHaveLength(20_000);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
