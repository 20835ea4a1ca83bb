/**
 * A function that is invoked again and again, in a process of its own. Its telemetry goes to standard output, the CPU times that it
 * took to descriptor 3, as JSON: with our wrapper and, in turns, with the SDK and our exporter set up by hand.
 */
import { writeSync } from 'node:fs';
import { context, ROOT_CONTEXT, type Span, SpanKind, trace, type Tracer } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { traced } from '@serverless-otlp/lambda';
import { OTLPStdoutSpanExporter } from '@serverless-otlp/stdout-exporter/traces';
import { HANDLER, invocationSpans, RESOURCE } from './exporter-spans.ts';
import { API_EVENT } from './lambda-event.ts';
import { interleaved } from './measure.ts';

const KINDS = { 0: SpanKind.INTERNAL, 1: SpanKind.SERVER, 2: SpanKind.CLIENT } as const;
const CHILDREN = invocationSpans(20).slice(1);

const work = (tracer: Tracer, parent: ReturnType<typeof context.active>): void => {
  const spans: Span[] = CHILDREN.map(({ attributes, kind, name }) =>
    tracer.startSpan(name, { kind: KINDS[kind], attributes }, parent),
  );
  for (const span of spans) span.end();
};

const lambdaContext = {
  awsRequestId: '6f1d2c1e-8f0a-4a57-9d0c-7d3f5b1c2e9a',
  functionName: 'checkout-orders',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:checkout-orders',
  getRemainingTimeInMillis: () => 30_000,
};

/** Everything our wrapper does: what triggered it, the parent, the deadline, secrets, the flush. */
const handler = traced(
  async (_event: unknown, _context: object) => {
    await Promise.resolve();
    work(trace.getTracer('checkout'), context.active());
    return { statusCode: 201 };
  },
  { resourceAttributes: RESOURCE },
);

const provider = new TracerProvider({
  resource: resourceFromAttributes(RESOURCE),
  spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPStdoutSpanExporter() })],
});

/** As little as is needed for the same spans. */
const bare = async (): Promise<void> => {
  const tracer = provider.getTracer('checkout');
  const { attributes, kind, name } = HANDLER;
  const span = tracer.startSpan(name, { kind: KINDS[kind], attributes }, ROOT_CONTEXT);
  await Promise.resolve();
  work(tracer, trace.setSpan(ROOT_CONTEXT, span));
  span.end();
  await provider.forceFlush();
};

/** Enough for the compiler to settle. */
const WARM_UPS = 10;
const [rounds = '20'] = process.argv.slice(2);

const sides = [() => handler(API_EVENT, lambdaContext), bare];
const times = await interleaved(sides, { rounds: Number(rounds), runs: 100, warmups: WARM_UPS, collect: false });
writeSync(3, JSON.stringify(times));
