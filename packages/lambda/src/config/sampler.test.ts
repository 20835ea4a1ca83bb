import { type Context, type Link, ROOT_CONTEXT, SpanKind, trace, TraceFlags } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { samplerSetting } from './sampler.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const LINKS: Link[] = [];
/** A trace that a ratio takes first, and one it takes last. */
const LOW = '0'.repeat(31) + '1';
const HIGH = `${'f'.repeat(8)}${'0'.repeat(24)}`;
type Parent = 'none' | 'remote sampled' | 'remote unsampled' | 'local sampled' | 'local unsampled';

const below = (parent: Parent, traceId: string): Context =>
  parent === 'none'
    ? ROOT_CONTEXT
    : trace.setSpanContext(ROOT_CONTEXT, {
        traceId,
        spanId: 'b7ad6b7169203331',
        isRemote: parent.startsWith('remote'),
        traceFlags: parent.endsWith(' sampled') ? TraceFlags.SAMPLED : TraceFlags.NONE,
      });

/** What is taken: below every parent a trace that a ratio takes first, and one it takes last. */
const taken = (name?: string, argument?: string): readonly string[] => {
  vi.stubEnv('OTEL_TRACES_SAMPLER', name);
  vi.stubEnv('OTEL_TRACES_SAMPLER_ARG', argument);
  const sampler = samplerSetting();
  const parents: readonly Parent[] = ['none', 'remote sampled', 'remote unsampled', 'local sampled', 'local unsampled'];
  return parents.flatMap((parent) =>
    [LOW, HIGH].flatMap((traceId) => {
      const { decision } = sampler.shouldSample(below(parent, traceId), traceId, 'x', SpanKind.SERVER, {}, LINKS);
      return decision === SamplingDecision.RECORD_AND_SAMPLED ? [`${parent} ${traceId === LOW ? 'low' : 'high'}`] : [];
    }),
  );
};

const ALL = taken('always_on');
const LOW_ONES = ALL.filter((one) => one.endsWith('low'));
const BELOW_SAMPLED = ALL.filter((one) => one.includes(' sampled'));
const inOrder = (...lists: readonly (readonly string[])[]): readonly string[] =>
  ALL.filter((one) => lists.some((list) => list.includes(one)));

describe('OTEL_TRACES_SAMPLER', () => {
  it.each([
    ['always_on', undefined, ALL],
    ['always_off', undefined, []],
    ['traceidratio', undefined, ALL],
    ['traceidratio', '0.5', LOW_ONES],
    ['traceidratio', '0', []],
    ['traceidratio', '1', ALL],
    ['parentbased_always_on', undefined, inOrder(['none low', 'none high'], BELOW_SAMPLED)],
    ['parentbased_always_off', undefined, BELOW_SAMPLED],
    ['parentbased_traceidratio', '0.5', inOrder(['none low'], BELOW_SAMPLED)],
    [undefined, undefined, inOrder(['none low', 'none high'], BELOW_SAMPLED)],
    ['', '', inOrder(['none low', 'none high'], BELOW_SAMPLED)],
    [' ParentBased_Always_Off ', undefined, BELOW_SAMPLED],
  ])('%s with %s', (name, argument, expected) => {
    const warned = vi.spyOn(process, 'emitWarning');
    expect(taken(name, argument)).toEqual(expected);
    expect(warned).not.toHaveBeenCalled();
  });

  it.each([
    'jaeger_remote',
    'parentbased_jaeger_remote',
    'parentbased_',
    'parentbased_parentbased_always_on',
    'x'.repeat(1e6),
  ])('is told once and parentbased_always_on taken when it is %s', (name) => {
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    expect(taken(name)).toEqual(taken('parentbased_always_on'));
    expect(taken(name)).toEqual(taken('parentbased_always_on'));
    expect(warned).toHaveBeenCalledTimes(1);
    expect(String(warned.mock.calls[0]?.[0])).toMatch(/OTEL_TRACES_SAMPLER: .{1,42} is unknown/);
  });

  it('with an argument nobody can use tells so once, and behaves as without', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    for (const argument of ['2', '-0.1', 'half', 'NaN', 'Infinity', '0.5,0.5'])
      expect(taken('traceidratio', argument)).toEqual(ALL);
    expect(warned).toHaveBeenCalledTimes(1);
    expect(String(warned.mock.calls[0]?.[0])).toContain('OTEL_TRACES_SAMPLER_ARG must be a ratio');
  });
});
