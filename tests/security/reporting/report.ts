/** Makes forwarder and redrive say everything they ever say, with hostile words wherever somebody else's words can get in. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SIGNALS } from '@serverless-otlp/otlp';
import { startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { forward, redrive } from '../canary/scenario.ts';
import { eventOf, line } from '../telemetry.ts';
import { HOSTILE_WORDS } from './hostile-words.ts';

const [, , folder = ''] = process.argv;
const JSON_TYPE = { 'content-type': 'application/json' };
const word = (index: number): string => HOSTILE_WORDS[index % HOSTILE_WORDS.length] ?? '';

let count = 0;
const collector = await startFakeCollector({
  script: () => {
    const said = word(count++);
    const partialSuccess = { rejectedSpans: '1', errorMessage: said };
    return {
      status: [200, 400, 401, 503, 500][count % 5] ?? 200,
      headers: JSON_TYPE,
      body: JSON.stringify({ message: said, partialSuccess }),
    };
  },
});

/** Breakers would keep silent what the collector has to say. */
const loud = { breaker: { enabled: false }, retry: { enabled: false } };
const exporters = {
  otlp_http: { endpoint: collector.url, ...loud },
  debug: {},
  'otlp_http/dead': { endpoint: 'http://127.0.0.1:1', ...loud },
};
const pipeline = { exporters: Object.keys(exporters) };
const store = join(folder, 'letters');
const configFile = join(folder, 'forwarder.json');
writeFileSync(
  configFile,
  JSON.stringify({
    exporters,
    encodings: { otlp_stdout: { headers: ['tenant'] } },
    dead_letter: { folder: { path: store } },
    service: { pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline } },
  }),
);

const events = HOSTILE_WORDS.map((hostile, index) =>
  eventOf(
    [
      hostile,
      line(SIGNALS[index % 3] ?? 'logs', hostile, {
        source: hostile,
        headers: { tenant: hostile },
        __otel_otlp_stdout: hostile,
      }),
      line('traces', 'n', { payload: hostile, level: hostile }),
      line('traces', 'n', { 'content-type': hostile }),
      line('traces', 'n', { 'content-encoding': hostile }),
      line('traces', 'n', { endpoint: hostile }),
    ],
    {
      owner: hostile,
      logGroup: hostile,
      logStream: hostile,
      logEvents: [hostile, line('logs', 'i')].map((message, id) => ({ id: `${hostile}${id}`, timestamp: 1, message })),
    },
  ),
);
const plain = HOSTILE_WORDS.map((hostile) =>
  eventOf([hostile, line('traces', hostile), line('logs', 'b', { payload: hostile })]),
);
const stage = { env: { OTEL_EXPORTER_OTLP_TIMEOUT: word(0) }, folder };
await forward(stage, configFile, ...events, ...plain);

// Folders that somebody else made, named as a file system and a bucket allow it.
for (const hostile of HOSTILE_WORDS) {
  const name = hostile.replaceAll('/', '_').replaceAll('\u0000', '_').slice(0, 100);
  for (const segment of [encodeURIComponent(Buffer.from(name).toString()), name]) {
    const path = join(store, 'pending', segment, 'traces');
    try {
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, 'x'), '');
    } catch {
      // This file system does not take it.
    }
  }
}
await redrive(stage, configFile);
await redrive(stage, configFile);
await collector.close();
process.exit();
