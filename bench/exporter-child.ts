/**
 * A function that traces itself, in a process of its own: `exporter-child.mjs <sdk> <exporter> <lines|cpu> [options of the exporter]`.
 * Its telemetry goes to standard output. With `cpu` the CPU time it took goes to descriptor 3, as JSON.
 */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { invocationSpans, RESOURCE, SINGLE_SPANS, type SpanShape } from './exporter-spans.ts';

/** As much of the SDK as is used here. */
interface Sdk {
  readonly BasicTracerProvider: new (options: object) => Provider;
  readonly BatchSpanProcessor: new (exporter: object) => object;
}
interface Provider {
  readonly getTracer: (name: string) => {
    readonly startSpan: (name: string, options: object, context: object) => { readonly end: (time: number) => void };
  };
  readonly forceFlush: () => Promise<void>;
}
interface Api {
  readonly ROOT_CONTEXT: object;
  readonly trace: { readonly setSpan: (context: object, span: object) => object };
}

const [sdkFolder = '', exporterFile = '', task = '', options = '{}'] = process.argv.slice(2);
const fromSdk = createRequire(`${sdkFolder}/index.js`);
const { BasicTracerProvider, BatchSpanProcessor } = fromSdk('@opentelemetry/sdk-trace-base') as Sdk;
const { resourceFromAttributes } = fromSdk('@opentelemetry/resources') as {
  readonly resourceFromAttributes: (attributes: object) => object;
};
const { ROOT_CONTEXT, trace } = fromSdk('@opentelemetry/api') as Api;

const cpuUs = async (work: () => Promise<void>): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
};

const loadExporter = async (): Promise<object> => {
  const { OTLPStdoutSpanExporter } = (await import(exporterFile)) as {
    readonly OTLPStdoutSpanExporter: new (options: object) => object;
  };
  return new OTLPStdoutSpanExporter(JSON.parse(options) as object);
};

let ids = 0;
/** Ids that do not compress, the same in every run, because they make the bytes of a line. */
const id = (length: number): string => createHash('sha256').update(String(ids++)).digest('hex').slice(0, length);

let exporter: object = {};
const load = await cpuUs(async () => {
  exporter = await loadExporter();
});
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes(RESOURCE),
  ...(task === 'lines' ? { idGenerator: { generateTraceId: () => id(32), generateSpanId: () => id(16) } } : {}),
  spanProcessors: [new BatchSpanProcessor(exporter)],
});
const tracer = provider.getTracer('checkout');

/** 2026-11-21T12:00:00Z in milliseconds; the fractions are those of a clock that counts in microseconds. */
const START_MS = 1_795_262_400_000;

/** The first of them is the parent of the others. */
const traceSpans = (shapes: readonly SpanShape[]): void => {
  let context = ROOT_CONTEXT;
  const spans = shapes.map(({ name, kind, attributes }, index) => {
    const span = tracer.startSpan(name, { kind, attributes, startTime: START_MS + index * 1.337 }, context);
    if (index === 0) context = trace.setSpan(ROOT_CONTEXT, span);
    return span;
  });
  spans.forEach((span, index) => span.end(START_MS + 7.921 + index * 2.713));
};

const invoke = async (shapes: readonly SpanShape[]): Promise<void> => {
  traceSpans(shapes);
  await provider.forceFlush();
};

/** Enough for the compiler to settle. */
const WARM_UPS = 1500;
const INVOCATIONS = 1500;

if (task === 'lines') {
  for (const children of [0, 9, 20]) await invoke(invocationSpans(children));
  for (const span of SINGLE_SPANS) await invoke([span]);
} else {
  const spans = invocationSpans(20);
  const repeat = async (times: number): Promise<void> => {
    for (let invocation = 0; invocation < times; invocation++) await invoke(spans);
  };
  const first = await cpuUs(() => repeat(1));
  await repeat(WARM_UPS);
  const warm = (await cpuUs(() => repeat(INVOCATIONS))) / INVOCATIONS;
  writeSync(3, JSON.stringify({ cold: load + first, first, warm }));
}
