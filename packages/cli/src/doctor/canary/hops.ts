import { createDevScreen, type Terminal } from '@serverless-otlp/dev-server';
import { requestFromJson } from '@serverless-otlp/otlp';

/** A part of the way of the canary, in epoch milliseconds. */
export interface Hop {
  /** Who does it. */
  readonly place: string;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Why it ended here. */
  readonly failure?: string;
  /** Whether it is part of the hop before it that is not. */
  readonly inner?: true;
}

const id = (number: number): string => number.toString(16).padStart(16, '0');
const nanos = (ms: number): string => `${BigInt(Math.max(0, Math.trunc(ms * 1_000))) * 1_000n}`;

const attribute = (key: string, value: string): object => ({ key, value: { stringValue: value } });

/** The way of the canary as a waterfall, drawn as `serverless-otlp dev` draws traces. */
export const hopsText = (traceId: string, hops: readonly Hop[], terminal: Terminal): string => {
  const startMs = Math.min(...hops.map((hop) => hop.startMs));
  const endMs = Math.max(...hops.map((hop) => hop.endMs));
  const failed = hops.some(({ failure }) => failure !== undefined);
  let outer = 1;
  const spanOf = (hop: Hop, index: number): object => {
    const spanId = index + 2;
    const parent = hop.inner === true ? outer : 1;
    if (hop.inner !== true) outer = spanId;
    return {
      resource: { attributes: [attribute('service.name', hop.place)] },
      scopeSpans: [
        {
          spans: [
            {
              traceId,
              spanId: id(spanId),
              parentSpanId: id(parent),
              name: hop.name,
              startTimeUnixNano: nanos(hop.startMs),
              endTimeUnixNano: nanos(Math.max(hop.startMs, hop.endMs)),
              ...(hop.failure === undefined ? {} : { status: { code: 2, message: hop.failure } }),
            },
          ],
        },
      ],
    };
  };
  const whole = {
    resource: { attributes: [attribute('service.name', 'canary')] },
    scopeSpans: [
      {
        spans: [
          {
            traceId,
            spanId: id(1),
            name: 'from the log group to the destinations',
            startTimeUnixNano: nanos(startMs),
            endTimeUnixNano: nanos(endMs),
            ...(failed ? { status: { code: 2 } } : {}),
          },
        ],
      },
    ],
  };
  const drawn: string[] = [];
  const screen = createDevScreen({ terminal, print: (lines) => drawn.push(...lines) });
  screen.show(requestFromJson({ resourceSpans: [whole, ...hops.map(spanOf)] }));
  screen.flush();
  return drawn.map((line) => `${line}\n`).join('');
};
