/**
 * A function that traces itself, in a process of its own: `exporter-child.mjs <sdk> <task> <options> <exporter>…`. Its telemetry goes
 * to standard output, the CPU times that it took to descriptor 3, as JSON. The tasks: `lines` prints one line of each shape; `cold`
 * loads the exporter and invokes once; `warm` invokes with one exporter and the other in turns.
 */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { invocationSpans, RESOURCE, SINGLE_SPANS, type SpanShape } from './exporter-spans.ts';
import { interleaved, type Work } from './measure.ts';

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

const [sdkFolder = '', task = '', options = '{}', ...exporterFiles] = process.argv.slice(2);
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

const loadExporter = async (file: string): Promise<object> => {
  const { OTLPStdoutSpanExporter } = (await import(file)) as {
    readonly OTLPStdoutSpanExporter: new (options: object) => object;
  };
  return new OTLPStdoutSpanExporter(JSON.parse(options) as object);
};

let ids = 0;
/** Ids that do not compress, the same in every run, because they make the bytes of a line. */
const id = (length: number): string => createHash('sha256').update(String(ids++)).digest('hex').slice(0, length);

const providerOf = (exporter: object): Provider =>
  new BasicTracerProvider({
    resource: resourceFromAttributes(RESOURCE),
    ...(task === 'lines' ? { idGenerator: { generateTraceId: () => id(32), generateSpanId: () => id(16) } } : {}),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });

/** 2026-11-21T12:00:00Z in milliseconds; the fractions are those of a clock that counts in microseconds. */
const START_MS = 1_795_262_400_000;

/** The first of them is the parent of the others. */
const invoke = async (provider: Provider, shapes: readonly SpanShape[]): Promise<void> => {
  const tracer = provider.getTracer('checkout');
  let context = ROOT_CONTEXT;
  const spans = shapes.map(({ name, kind, attributes }, index) => {
    const span = tracer.startSpan(name, { kind, attributes, startTime: START_MS + index * 1.337 }, context);
    if (index === 0) context = trace.setSpan(ROOT_CONTEXT, span);
    return span;
  });
  spans.forEach((span, index) => span.end(START_MS + 7.921 + index * 2.713));
  await provider.forceFlush();
};

const say = (times: unknown): unknown => writeSync(3, JSON.stringify(times));

const lines = async (file: string): Promise<void> => {
  const provider = providerOf(await loadExporter(file));
  for (const children of [0, 9, 20]) await invoke(provider, invocationSpans(children));
  for (const span of SINGLE_SPANS) await invoke(provider, [span]);
};

const cold = async (file: string): Promise<void> => {
  let exporter: object = {};
  const load = await cpuUs(async () => {
    exporter = await loadExporter(file);
  });
  const provider = providerOf(exporter);
  const first = await cpuUs(() => invoke(provider, invocationSpans(20)));
  say({ cold: load + first, first });
};

/** Enough for the compiler to settle. */
const WARM_UPS = 10;
const TURNS = 20;
const INVOCATIONS = 100;

const warm = async (files: readonly string[]): Promise<void> => {
  const sides: Work[] = [];
  const spans = invocationSpans(20);
  for (const file of files) {
    const provider = providerOf(await loadExporter(file));
    sides.push(() => invoke(provider, spans));
  }
  say(await interleaved(sides, { rounds: TURNS, runs: INVOCATIONS, warmups: WARM_UPS, collect: false }));
};

if (task === 'lines') await lines(exporterFiles[0] ?? '');
else if (task === 'cold') await cold(exporterFiles[0] ?? '');
else await warm(exporterFiles);
