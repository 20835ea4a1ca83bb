/** Takes every bomb through everything that decodes, in as little memory as a small function has; tells how it went. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '@serverless-otlp/forwarder';
import { loadForwarder } from '@serverless-otlp/forwarder/config';
import { startFakeCollector } from '@serverless-otlp/testing/fake-collector';

/** What one bomb did. */
export interface Survived {
  readonly bomb: string;
  readonly cpuMs: number;
  readonly requests: number;
  readonly balanced: boolean | undefined;
  readonly error?: string;
}

const [, , file = ''] = process.argv;
const folder = mkdtempSync(join(tmpdir(), 'otlp-bombs-'));
const collector = await startFakeCollector({ keepRequests: false });
const exporters = {
  'otlp_http/proto': { endpoint: collector.url },
  'otlp_http/json': { endpoint: collector.url, encoding: 'json' },
};
const action = { action: 'upsert', key: 'log', from_metadata: 'log_group' };
const pipeline = { processors: ['attributes', 'batch'], exporters: Object.keys(exporters) };
const configFile = join(folder, 'forwarder.json');
writeFileSync(
  configFile,
  JSON.stringify({
    exporters,
    processors: { attributes: { actions: [action, { ...action, on: 'item' }] }, batch: null },
    dead_letter: { folder: { path: join(folder, 'letters') } },
    service: { pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline } },
  }),
);
const reports: Report[] = [];
const forwarder = await loadForwarder({
  env: {},
  configFile,
  onWarning: () => undefined,
  onReport: (report) => void reports.push(report),
});
const survived: Survived[] = [];
for (const [bomb, data] of Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>)) {
  const before = process.cpuUsage();
  const end = Date.now() + 60_000;
  const error = await forwarder({ awslogs: { data } }, { getRemainingTimeInMillis: () => end - Date.now() }).then(
    () => undefined,
    String,
  );
  const { user, system } = process.cpuUsage(before);
  const { destinations = {}, balanced } = reports.at(-1) ?? {};
  const requests = Object.values(destinations).flatMap((signals) =>
    Object.values(signals).map((one) => one.requests ?? 0),
  );
  survived.push({
    bomb,
    cpuMs: (user + system) / 1000,
    requests: requests.reduce((sum, one) => sum + one, 0),
    balanced,
    ...(error === undefined ? {} : { error }),
  });
}
process.stdout.write(JSON.stringify({ survived, peakMib: process.resourceUsage().maxRSS / 1024 }));
rmSync(folder, { recursive: true, force: true });
process.exit();
