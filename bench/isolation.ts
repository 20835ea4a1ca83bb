import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import {
  batch,
  cloudwatchLogsEncoding,
  cloudwatchLogsReceiver,
  createForwarder,
  deadLetters,
  type Destination,
  type Exporter,
  otlpHttp,
  otlpStdout,
  type Report,
  type Store,
  withBreaker,
  withRetry,
  withSplit,
} from '@serverless-otlp/forwarder';
import type { Benchmark, Effort } from './benchmark.ts';
import { type Destination as Sink, startDestination } from './destination.ts';
import type { Figure } from './figure.ts';
import { LAMBDA_CONTEXT } from './forwarder.ts';
import { median } from './measure.ts';
import { envelopeLines, eventOf, type SubscriptionEvent } from './shape.ts';

/** One invocation, in milliseconds: until the four others had everything, and as a whole. */
interface Times {
  readonly others: number;
  readonly whole: number;
}

type Invoke = (event: SubscriptionEvent) => Promise<Times>;

const forget: Store = {
  name: 'nowhere',
  put: () => Promise.resolve(),
  get: () => Promise.resolve(undefined),
  list: async function* () {
    // There is nothing.
  },
  folders: () => Promise.resolve([]),
  remove: () => Promise.resolve(),
};

const timed = (exporter: Exporter, onSettled: () => void): Exporter => ({
  name: exporter.name,
  export: async (...args) => {
    const deliveries = await exporter.export(...args);
    if (deliveries.some(({ outcome }) => outcome.status !== 'delivered'))
      throw new Error('a healthy destination failed');
    onSettled();
    return deliveries;
  },
});

/** Five destinations as configuration makes them; the last one may be sick. */
const forwarderOf = (healthy: readonly string[], last: string, graceMs?: number): Invoke => {
  let settledAt = 0;
  let report: Report | undefined;
  const exporterOf = (url: string, index: number): Exporter =>
    withSplit(
      withRetry(withBreaker(otlpHttp({ name: `otlp_http/${index}`, endpoints: { traces: `${url}/v1/traces` } }))),
    );
  const others = healthy.map((url, index) => timed(exporterOf(url, index), () => (settledAt = performance.now())));
  const destinations: Destination[] = [...others, exporterOf(last, healthy.length)].map((exporter) => ({
    exporter,
    deadLetters: deadLetters({ store: forget }),
  }));
  const forward = createForwarder({
    receivers: [cloudwatchLogsReceiver()],
    encodings: [cloudwatchLogsEncoding({ lines: [otlpStdout()] })],
    pipelines: { traces: { processors: [batch()], destinations } },
    onReport: (made) => (report = made),
    ...(graceMs === undefined ? {} : { graceMs }),
  });
  return async (event) => {
    const start = performance.now();
    await forward(event, LAMBDA_CONTEXT);
    const end = performance.now();
    if (report?.balanced !== true) throw new Error(`the forwarder lost something: ${JSON.stringify(report)}`);
    return { others: settledAt - start, whole: end - start };
  };
};

/** The sides take turns, forwards and backwards. */
const alternate = async (sides: readonly (() => Promise<Times>)[], rounds: number): Promise<readonly Times[][]> => {
  const times = sides.map((): Times[] => []);
  for (let round = -3; round < rounds; round++) {
    const order = [...sides.keys()];
    if (round % 2 !== 0) order.reverse();
    for (const index of order) {
      const side = sides[index];
      const found = await side?.();
      if (found !== undefined && round >= 0) times[index]?.push(found);
    }
  }
  return times;
};

const medianOf = (times: readonly Times[] | undefined, what: keyof Times): number =>
  median((times ?? []).map((one) => one[what]));

const ratioOf = (sick: readonly Times[] | undefined, well: readonly Times[] | undefined): number =>
  medianOf(sick, 'others') / medianOf(well, 'others');

const measure = async (
  part: string,
  healthy: readonly string[],
  fifth: string,
  sick: string,
  { quick }: Effort,
): Promise<readonly Figure[]> => {
  const event = eventOf(envelopeLines(10, 20));
  const baseline = forwarderOf(healthy, fifth);
  const well = (): Promise<Times> => baseline(event);

  // Nothing is known of the destination yet: each round is another environment. A short grace changes nothing for the others.
  const cold = (): Promise<Times> => forwarderOf(healthy, sick, 20)(event);
  const coldWell = (): Promise<Times> => forwarderOf(healthy, fifth, 20)(event);
  const [coldSick, coldBase] = await alternate([cold, coldWell], quick ? 20 : 300);
  const [slow, fast] = await alternate([() => forwarderOf(healthy, sick)(event), well], quick ? 2 : 8);

  const opened = forwarderOf(healthy, sick);
  for (let failures = 0; failures < 6; failures++) await opened(event);
  const [open, base] = await alternate([() => opened(event), well], quick ? 400 : 1_000);
  return [
    {
      name: 'others_cold',
      part,
      value: ratioOf(coldSick, coldBase),
      atMost: 1.05,
      note: 'time until the other four have everything, nothing known yet, against five healthy ones',
    },
    {
      name: 'others_open',
      part,
      value: ratioOf(open, base),
      atMost: 1.05,
      note: 'the same once the breaker is open',
    },
    {
      name: 'extra_ms_cold',
      part,
      value: medianOf(slow, 'whole') - medianOf(fast, 'whole'),
      atMost: 1_000,
      note: 'duration of the handler more than with five healthy ones, in ms',
    },
    {
      name: 'extra_ms_open',
      part,
      value: medianOf(open, 'whole') - medianOf(base, 'whole'),
      atMost: 10,
      note: 'the same once the breaker is open',
    },
  ];
};

/** A port nobody listens on. */
const refusing = async (): Promise<string> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
};

/** One of five destinations refuses, then hangs: what the other four and the account's concurrency feel of it (D1, D7a, D10). */
export const isolationBenchmark: Benchmark = async (effort) => {
  const sinks: Sink[] = [];
  try {
    for (let index = 0; index < 5; index++) sinks.push(await startDestination());
    const hanging = await startDestination('hang');
    sinks.push(hanging);
    const [fifth = '', ...healthy] = sinks.slice(0, 5).map(({ url }) => url);
    return [
      ...(await measure('refusing', healthy, fifth, await refusing(), effort)),
      ...(await measure('hanging', healthy, fifth, hanging.url, effort)),
    ];
  } finally {
    for (const sink of sinks) sink.stop();
  }
};
