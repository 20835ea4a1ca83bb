import { logs, metrics, SeverityNumber, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { capture, lambdaContext } from '../testing.ts';
import { traced } from '../traced.ts';

const fails = (): never => {
  throw new Error('broken');
};
const rejects = (): Promise<never> => Promise.reject(new Error('broken'));

describe('a span processor of the user’s that throws whenever it is asked', () => {
  const processor = { onStart: fails, onEnding: fails, onEnd: fails, forceFlush: rejects, shutdown: rejects };
  const asked: string[] = [];
  const stop = (): Promise<void> => Promise.resolve();
  const other = {
    onStart: () => void asked.push('start'),
    onEnd: () => void asked.push('end'),
    forceFlush: stop,
    shutdown: stop,
  };
  const handler = traced(
    (event: { readonly fail: boolean }, _context: object) => {
      trace.getTracer('t').startSpan('inside').end();
      metrics.getMeter('t').createCounter('c').add(1);
      logs.getLogger('t').emit({ body: 'x', severityNumber: SeverityNumber.INFO });
      return event.fail ? rejects() : Promise.resolve('result');
    },
    { spanProcessors: [processor, other] },
  );

  it('changes neither what the handler ends in nor what is written, nor what other processors hear', async () => {
    const {
      logs: said,
      metrics: measured,
      result,
      spans,
    } = await capture(() => handler({ fail: false }, lambdaContext()));
    expect([result, spans.map(({ name }) => name)]).toEqual(['result', ['inside', 'test-function']]);
    expect([said.length, measured.length]).toEqual([1, 1]);
    expect(asked.splice(0)).toEqual(['start', 'start', 'end', 'end']);
    expect((await capture(() => handler({ fail: true }, lambdaContext()))).error).toEqual(new Error('broken'));
  });
});
