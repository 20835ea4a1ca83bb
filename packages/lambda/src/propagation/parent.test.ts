import { defaultTextMapSetter, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import type { Carrier } from '../trigger.ts';
import { originOf } from './parent.ts';
import { propagatorOf } from './propagator.ts';
import { xRaySpan } from './x-ray.ts';

const W3C_TRACE = '0af7651916cd43dd8448eb211c80319c';
const X_RAY_TRACE = '63441c4aabcdef012345678912345678';
const LAMBDA_TRACE = '5759e988bd862e3fe1be46a994272793';
const w3c = (flags: string) => ({ traceparent: `00-${W3C_TRACE}-b7ad6b7169203331-${flags}` });
const xRay = (sampled: string) => ({
  'x-amzn-trace-id': `Root=1-63441c4a-abcdef012345678912345678;Parent=463ac35c9f6413ad${sampled}`,
});
const lambda = (sampled: 0 | 1) =>
  `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=${sampled}`;

const DEFAULT = ['tracecontext', 'baggage', 'xray'];
const warned: string[] = [];
const origin = (
  carrier: Carrier | undefined,
  header?: string,
  names: readonly string[] = DEFAULT,
  links?: readonly Carrier[],
) => {
  const of = { ...(carrier === undefined ? {} : { carrier }), ...(links === undefined ? {} : { links }) };
  const found = originOf(
    of,
    header,
    propagatorOf(names, (message) => warned.push(message)),
  );
  const parent = trace.getSpanContext(found.context);
  return {
    parent: parent && `${parent.traceId} ${parent.traceFlags}`,
    links: found.links.map((link) => `${link.context.traceId}${link.attributes === undefined ? '' : ' x-ray-env'}`),
    baggage: propagation.getBaggage(found.context)?.getEntry('tenant')?.value,
  };
};

describe('originOf', () => {
  it.each([
    ['W3C alone', w3c('01'), undefined, `${W3C_TRACE} 1`],
    ['X-Ray alone', xRay(';Sampled=1'), undefined, `${X_RAY_TRACE} 1`],
    ['X-Ray that leaves the decision open', xRay(''), undefined, `${X_RAY_TRACE} 1`],
    ['W3C before X-Ray (fault 25)', { ...w3c('01'), ...xRay(';Sampled=1') }, undefined, `${W3C_TRACE} 1`],
    ['W3C sampled, X-Ray not (fault 25)', { ...w3c('01'), ...xRay(';Sampled=0') }, undefined, `${W3C_TRACE} 1`],
    ['W3C not sampled, X-Ray sampled', { ...w3c('00'), ...xRay(';Sampled=1') }, undefined, `${W3C_TRACE} 0`],
    ['X-Ray not sampled: no decision', xRay(';Sampled=0'), undefined, undefined],
    ['nothing, Lambda sampled (fault 25)', undefined, lambda(1), `${LAMBDA_TRACE} 1`],
    ['empty headers, Lambda sampled (fault 25)', {}, lambda(1), `${LAMBDA_TRACE} 1`],
    ['unrelated headers, Lambda sampled', { accept: '*' }, lambda(1), `${LAMBDA_TRACE} 1`],
    ['nothing, Lambda not sampled', undefined, lambda(0), undefined],
    ['W3C, Lambda not sampled', w3c('01'), lambda(0), `${W3C_TRACE} 1`],
    ['broken W3C, good X-Ray', { traceparent: '00-zz-1', ...xRay(';Sampled=1') }, undefined, `${X_RAY_TRACE} 1`],
    ['nonsense', { traceparent: 'x', 'x-amzn-trace-id': 'Root=1;Parent' }, 'Root=;', undefined],
  ] as const)('%s', (_title, carrier, header, parent) => {
    expect(origin(carrier, header).parent).toBe(parent);
  });

  it("links Lambda's own trace where the event has another", () => {
    expect(origin(w3c('01'), lambda(1)).links).toEqual([`${LAMBDA_TRACE} x-ray-env`]);
    expect(origin(w3c('01'), lambda(0)).links).toEqual([]);
  });

  it('links the messages of a batch, and begins a trace of its own', () => {
    const carriers = [w3c('01'), xRay(';Sampled=1'), xRay(';Sampled=0'), {}];
    expect(origin(undefined, undefined, DEFAULT, carriers)).toMatchObject({
      parent: undefined,
      links: [W3C_TRACE, X_RAY_TRACE],
    });
    const many = Array.from({ length: 500 }, () => w3c('01'));
    expect(origin(undefined, undefined, DEFAULT, many).links).toHaveLength(128);
  });

  it('takes baggage along', () => {
    expect(origin({ ...w3c('01'), baggage: 'tenant=a%20b' }).baggage).toBe('a b');
    expect(origin({ baggage: 'tenant=x' }).baggage).toBe('x');
  });

  it('hears only what OTEL_PROPAGATORS names', () => {
    expect(origin({ ...w3c('01'), baggage: 'tenant=a' }, lambda(1), ['none'])).toEqual({
      parent: undefined,
      links: [],
      baggage: undefined,
    });
    expect(origin(xRay(';Sampled=1'), lambda(1), ['tracecontext']).parent).toBeUndefined();
    expect(origin(xRay(';Sampled=0'), undefined, ['xray']).parent).toBe(`${X_RAY_TRACE} 0`);
    expect(
      origin({ ...xRay(';Sampled=1'), ...w3c('01') }, undefined, ['xray-lambda', 'tracecontext', 'b3']).parent,
    ).toBe(`${W3C_TRACE} 1`);
    expect(warned).toEqual(['OTEL_PROPAGATORS: "b3" is not one of tracecontext, baggage, xray, none; it is ignored']);
  });
});

it('passes a trace on in every way', () => {
  const carrier: Record<string, string> = {};
  const span = { traceId: W3C_TRACE, spanId: 'b7ad6b7169203331', traceFlags: 1 };
  propagatorOf(DEFAULT, () => undefined).inject(
    trace.setSpanContext(ROOT_CONTEXT, span),
    carrier,
    defaultTextMapSetter,
  );
  expect(carrier).toEqual({
    ...w3c('01'),
    'x-amzn-trace-id': 'Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=1',
  });
  expect(xRaySpan(carrier['x-amzn-trace-id'])).toMatchObject(span);
});

it.each([
  'Root=1-00000000-000000000000000000000000;Parent=463ac35c9f6413ad;Sampled=1',
  'Root=1-63441c4a-abcdef012345678912345678;Sampled=1',
  `Root=1-63441c4a-abcdef012345678912345678;Parent=463ac35c9f6413ad;${' '.repeat(3000)}`,
])('finds no span in %.60s', (header) => {
  expect(xRaySpan(header)).toBeUndefined();
});
