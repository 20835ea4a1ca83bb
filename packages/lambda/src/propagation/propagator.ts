import type { TextMapPropagator } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { xRayPropagator } from './x-ray.ts';

/** The ways of carrying a trace, in the order they are asked: W3C wins, whatever order they were named in. */
const ORDER = ['tracecontext', 'baggage', 'xray'] as const;

/** `xray-lambda` differs by the variable that Lambda sets, which is read anyway. */
const nameOf = (word: string): string => (word === 'xray-lambda' ? 'xray' : word);

/** The propagators of these names as one. An unknown name is told to `warn` and left out. */
export const propagatorOf = (words: readonly string[], warn: (message: string) => void): TextMapPropagator => {
  const names = new Set(words.map(nameOf));
  for (const name of names) {
    if (name !== 'none' && !ORDER.some((known) => known === name))
      warn(`OTEL_PROPAGATORS: "${name.slice(0, 40)}" is not one of ${ORDER.join(', ')}, none; it is ignored`);
  }
  const made: Readonly<Record<(typeof ORDER)[number], () => TextMapPropagator>> = {
    tracecontext: () => new W3CTraceContextPropagator(),
    baggage: () => new W3CBaggagePropagator(),
    xray: () => xRayPropagator(!names.has('tracecontext')),
  };
  return new CompositePropagator({
    propagators: names.has('none') ? [] : ORDER.filter((name) => names.has(name)).map((name) => made[name]()),
  });
};
