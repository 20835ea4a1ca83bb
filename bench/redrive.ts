import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createRedrive,
  deadLetters,
  type Delivery,
  otlpHttp,
  type RedriveReport,
  type Store,
  withSplit,
} from '@serverless-otlp/forwarder';
import type { Benchmark, Effort } from './benchmark.ts';
import { startDestination } from './destination.ts';
import type { Figure } from './figure.ts';
import { LAMBDA_CONTEXT } from './forwarder.ts';
import { requestOf } from './shape.ts';

/** What S3 takes for an operation in the same Region, about. */
const STORE_LATENCY_MS = 20;
/** What one page of a list holds. */
const PAGE = 1_000;
const SPANS = 5;
const DESTINATION = 'otlp_http';

type Objects = Map<string, Uint8Array>;

/** A store in memory that takes its time, however many operations there are at once. */
const slowStore = (objects: Objects): Store => ({
  name: 'memory',
  put: async (key, body) => {
    await sleep(STORE_LATENCY_MS);
    objects.set(key, body);
  },
  get: async (key) => {
    await sleep(STORE_LATENCY_MS);
    return objects.get(key);
  },
  list: async function* (prefix) {
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    await sleep(STORE_LATENCY_MS);
    for (const [index, key] of keys.entries()) {
      if (index > 0 && index % PAGE === 0) await sleep(STORE_LATENCY_MS);
      yield { key, bytes: objects.get(key)?.length ?? 0, modifiedMs: 0 };
    }
  },
  folders: async () => {
    await sleep(STORE_LATENCY_MS);
    return [DESTINATION];
  },
  remove: async (keys) => {
    await sleep(STORE_LATENCY_MS);
    for (const key of keys) objects.delete(key);
  },
});

/** As many letters as an outage left, one per event; of one log stream, or each of its own: those cannot travel together. */
const letters = async (count: number, ownStreams: boolean): Promise<Objects> => {
  const objects: Objects = new Map();
  const kept = deadLetters({
    store: { ...slowStore(objects), put: (key, body) => Promise.resolve(void objects.set(key, body)) },
  });
  const nowMs = Date.now();
  for (let index = 0; index < count; index++) {
    const telemetry = {
      request: requestOf(index, SPANS),
      records: new Set<string>(),
      metadata: {
        owner: '123456789012',
        log_group: '/aws/lambda/shop-checkout-prod',
        log_stream: `2026/01/01/[$LATEST]${ownStreams ? index : 0}`,
      },
      timeMs: nowMs - count + index,
    };
    const down: Delivery = {
      destination: DESTINATION,
      telemetry,
      outcome: { status: 'retryable', error: new Error('answered 503') },
    };
    await kept.keep([down], nowMs + 60_000);
  }
  return objects;
};

const run = (objects: Objects, url: string): Promise<RedriveReport> => {
  const store = slowStore(objects);
  const exporter = withSplit(otlpHttp({ name: DESTINATION, endpoints: { traces: `${url}/v1/traces` } }));
  const redrive = createRedrive({
    store,
    deadLetters: deadLetters({ store }),
    destinations: [{ exporter }],
    onReport: () => undefined,
    intervalMs: 0,
  });
  return redrive({}, LAMBDA_CONTEXT);
};

const speed = async (url: string, count: number, ownStreams: boolean): Promise<Figure> => {
  const objects = await letters(count, ownStreams);
  const start = performance.now();
  const report = await run(objects, url);
  const seconds = (performance.now() - start) / 1_000;
  const lane = report.destinations[DESTINATION];
  if (lane?.redriven !== count || lane.items !== count * SPANS)
    throw new Error(`not everything arrived: ${JSON.stringify(report)}`);
  return {
    name: 'objects_per_second',
    part: ownStreams ? 'a stream each' : 'one stream',
    value: count / seconds,
    atLeast: 500,
    note: `${count} objects of ${SPANS} spans, ${STORE_LATENCY_MS} ms per operation of the store, one environment`,
  };
};

/** Requests that one run sends to a destination that answers 503, however much waits. */
const probes = async ({ quick }: Effort): Promise<Figure> => {
  let requests = 0;
  const dead = createServer((request, response) => {
    requests++;
    request.resume().on('end', () => response.writeHead(503).end());
  });
  await new Promise<void>((resolve) => void dead.listen(0, '127.0.0.1', resolve));
  const objects = await letters(300, true);
  const runs = quick ? 5 : 20;
  let most = 0;
  for (let index = 0; index < runs; index++) {
    const before = requests;
    await run(objects, `http://127.0.0.1:${(dead.address() as AddressInfo).port}`);
    most = Math.max(most, requests - before);
  }
  dead.close();
  dead.closeAllConnections();
  return {
    name: 'probes_of_a_dead_destination',
    value: most,
    atMost: 1,
    note: `requests it sees in one run, the most of ${runs} runs with 300 objects waiting`,
  };
};

/** How fast a backlog is gone once its destination is back, and how often it is asked before. */
export const redriveBenchmark: Benchmark = async (effort) => {
  const destination = await startDestination();
  try {
    const count = effort.quick ? 2_000 : 10_000;
    // The compiler settles first.
    await run(await letters(500, true), destination.url);
    return [
      await speed(destination.url, count, false),
      await speed(destination.url, count, true),
      await probes(effort),
    ];
  } finally {
    destination.stop();
  }
};
