import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startFakeCollector, testTls } from '@serverless-otlp/testing/fake-collector';
import { eventOf } from '../telemetry.ts';
import { ANSWERS } from './answers.ts';
import { BROKEN_LINES, GOOD_LINES } from './lines.ts';
import { configFileIn, forward, redrive, type Stage } from './scenario.ts';
import { AUTHORIZATION, BASIC, leaksIn, SECRETS, secretUrl } from './secrets.ts';

/** Two destinations with secrets in all that can hold one. */
const configFor = (url: string, folder: string, over: object = {}): object => {
  const common = { retry: { initial_interval_ms: 1, max_elapsed_ms: 60 }, timeout_ms: 50, ...over };
  const exporters = {
    'otlp_http/url': { endpoint: secretUrl(url), headers: { 'x-api-key': SECRETS.header }, ...common },
    'otlp_http/headers': {
      endpoint: url,
      headers: { 'x-api-key': SECRETS.header, authorization: AUTHORIZATION },
      ...common,
    },
    'otlp_http/basic': { endpoint: url, headers: { authorization: BASIC }, ...common },
  };
  const pipeline = { exporters: Object.keys(exporters) };
  return {
    exporters,
    encodings: { otlp_stdout: { headers: ['tenant'] } },
    dead_letter: { folder: { path: join(folder, 'letters') } },
    service: { pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline } },
  };
};

/** What was pending, as if it had been there for years, and as if somebody had damaged it. */
const ageAndDamage = (folder: string): void => {
  const pending = join(folder, 'letters/pending');
  if (!existsSync(pending)) return;
  const files = readdirSync(pending, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /[0-9a-f]{64}$/.test(name),
  );
  for (const [index, name] of files.entries()) {
    if (index % 3 === 0) writeFileSync(join(pending, name), 'damaged');
    if (index % 3 !== 1) continue;
    const old = join(pending, name.replace(/\d{8}T\d{6}\.\d{3}Z/, '20200101T000000.000Z'));
    mkdirSync(dirname(old), { recursive: true });
    renameSync(join(pending, name), old);
  }
};

/** Collectors that fail in every way, the letters that come of it, and what the redrive makes of them. */
export const delivering = async (stage: Stage): Promise<Readonly<Record<string, number>>> => {
  let requests = 0;
  let echoes = 0;
  for (const [name, answer] of Object.entries(ANSWERS)) {
    const folder = join(stage.folder, name);
    let works = false;
    const collector = await startFakeCollector({
      script: (request) => {
        requests++;
        if (works) return {};
        const given = answer(request);
        if ('body' in given && leaksIn(String(given.body)).length > 0) echoes++;
        return given;
      },
    });
    const file = configFileIn(folder, configFor(collector.url, folder));
    const events = [...GOOD_LINES.map((one) => eventOf([one])), eventOf([...GOOD_LINES, ...BROKEN_LINES])];
    await forward({ ...stage, folder }, file, ...events);
    await redrive({ ...stage, folder }, file);
    ageAndDamage(folder);
    works = true;
    await redrive({ ...stage, folder }, file);
    await collector.close();
  }
  return { requests, echoes };
};

/** Destinations that cannot be reached, and what goes wrong before a byte is sent. */
export const unreachable = async (stage: Stage): Promise<Readonly<Record<string, number>>> => {
  const { client, ca, otherHost } = testTls();
  const pem = (name: string, text: string): string => {
    writeFileSync(join(stage.folder, name), text);
    return join(stage.folder, name);
  };
  const tls = {
    ca_file: pem('ca.pem', ca),
    cert_file: pem('client.pem', client.cert),
    key_file: pem('key.pem', client.key),
  };
  const elsewhere = await startFakeCollector({ tls: otherHost });
  const settings: Readonly<Record<string, readonly [string, object]>> = {
    'nobody listens': ['http://127.0.0.1:1', {}],
    'no such host': ['https://nowhere.invalid', {}],
    'TLS with nobody': [elsewhere.url.replace('https', 'http'), {}],
    'TLS not trusted': [elsewhere.url, {}],
    'TLS of another host': [elsewhere.url.replace('127.0.0.1', 'localhost'), { tls }],
    'a key that is none': [elsewhere.url, { tls: { ...tls, key_file: tls.ca_file } }],
    'a key in place of its path': [elsewhere.url, { tls: { ...tls, key_file: client.key } }],
    'a certificate in place of the authority': [elsewhere.url, { tls: { ca_file: tls.key_file } }],
  };
  for (const [name, [url, over]] of Object.entries(settings)) {
    const folder = join(stage.folder, name);
    const file = configFileIn(folder, configFor(url, folder, over));
    await forward({ ...stage, folder }, file, eventOf(GOOD_LINES));
    await redrive({ ...stage, folder }, file);
  }
  await elsewhere.close();
  return { requests: elsewhere.requests.length };
};
