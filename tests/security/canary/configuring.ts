import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { eventOf } from '../telemetry.ts';
import { BROKEN_LINES, GOOD_LINES } from './lines.ts';
import { configFileIn, forward, redrive, type Stage } from './scenario.ts';
import { AUTHORIZATION, SECRETS } from './secrets.ts';

const SECRET = SECRETS.configuration;
const REFERENCE = '${env:CANARY_VARIABLE}';

const pipelines = { traces: { exporters: ['otlp_http'] } };
const settings = {
  endpoint: 'http://127.0.0.1:1',
  retry: { enabled: false },
  headers: { 'x-api-key': SECRETS.header },
};
const config = (over: object): object => ({ exporters: { otlp_http: settings }, service: { pipelines }, ...over });
const exporter = (over: object): object => config({ exporters: { otlp_http: { ...settings, ...over } } });

/** Configurations with a secret where it does not belong. */
const MISTAKES: readonly object[] = [
  ...[SECRET, REFERENCE].flatMap((secret) => [
    ...[
      'endpoint',
      'encoding',
      'compression',
      'timeout_ms',
      'preset',
      'dead_letter',
      'max_age_hours',
      'concurrency',
    ].map((name) => exporter({ [name]: secret })),
    ...['headers', 'match', 'retry', 'breaker', 'tls'].flatMap((name) => [
      exporter({ [name]: secret }),
      exporter({ [name]: [secret] }),
    ]),
    exporter({ endpoint: `https//u:${secret}@h` }),
    exporter({ endpoint: `http://u:${secret}@h:99999` }),
    exporter({ endpoint: `http://u:${secret}%zz@h` }),
    exporter({ headers: { authorization: `Bearer ${secret}\nx: y` } }),
    exporter({ headers: { [`Authorization: Bearer ${secret}`]: '' } }),
    exporter({ headers: { 'x-api-key': { value: secret } } }),
    exporter({ headers: { 'x-api-key': 7, 'x-other': [secret] } }),
    exporter({ match: { include: { log_group: secret } } }),
    exporter({ match: { include: { log_group: [{ a: secret }] } } }),
    exporter({ tls: { ca_file: secret } }),
    exporter({ tls: { cert_file: secret, key_file: secret } }),
    config({ dead_letter: { s3: { bucket: `${secret}_` } } }),
    config({ dead_letter: { s3: { bucket: 'bucket', endpoint: secret, expected_bucket_owner: secret } } }),
    config({ dead_letter: { folder: secret } }),
    config({ dead_letter: secret }),
    config({ service: secret }),
    config({ service: { pipelines, metrics: { namespace: `${secret} ` } } }),
    config({ service: { pipelines, reserve_ms: secret } }),
    config({ processors: { attributes: { actions: [{ action: secret, key: 'k' }] } } }),
    config({ processors: { filter: { include: secret } } }),
  ]),
  exporter({ headers: { 'x-api-key': '${env:NOT_SET}', other: `\${${SECRET}` } }),
  { exporters: settings, service: { pipelines } },
];

/** What the variables can hold that is wrong. */
const VARIABLES: readonly Readonly<Record<string, string>>[] = [
  { OTEL_EXPORTER_OTLP_ENDPOINT: SECRET },
  { OTEL_EXPORTER_OTLP_ENDPOINT: `https//u:${SECRET}@h` },
  { OTEL_EXPORTER_OTLP_ENDPOINT: `http://u:${SECRET}@h`, OTEL_EXPORTER_OTLP_PROTOCOL: SECRET },
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_HEADERS: AUTHORIZATION },
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_HEADERS: `a=b,${SECRET},c=%zz${SECRET}` },
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_TIMEOUT: SECRET },
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_COMPRESSION: SECRET },
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_CERTIFICATE: SECRET },
  {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    OTEL_EXPORTER_OTLP_CLIENT_KEY: SECRET,
    OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: SECRET,
  },
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTLP_FORWARDER_DEAD_LETTER: `https://u:${SECRET}@bucket` },
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTLP_FORWARDER_DEAD_LETTER: `s3://${SECRET.toUpperCase()}/x` },
  { OTLP_FORWARDER_CONFIG: JSON.stringify(exporter({})) },
];

/** Everything that can be wrong before the first event, each with the first event all the same. */
export const configuring = async (stage: Stage): Promise<Readonly<Record<string, number>>> => {
  for (const [index, mistake] of MISTAKES.entries()) {
    const folder = join(stage.folder, String(index));
    await forward(stage, configFileIn(folder, mistake), eventOf(GOOD_LINES));
    // With a store, a broken destination fails alone.
    const stored = { dead_letter: { folder: { path: join(folder, 'letters') } }, ...mistake };
    await forward(stage, configFileIn(folder, stored), eventOf(GOOD_LINES));
  }
  for (const variables of VARIABLES)
    await forward({ ...stage, env: { ...stage.env, ...variables } }, undefined, eventOf(GOOD_LINES));
  for (const [name, text] of [
    ['broken.json', `{"headers": {"x-api-key": "${SECRET}"`],
    ['broken.yaml', `headers: {x-api-key: ${SECRET}\n b: [`],
    ['tag.yaml', `x-api-key: !${SECRET} x`],
    ['key.yaml', `? [${SECRET}]\n: x`],
  ] as const) {
    writeFileSync(join(stage.folder, name), text);
    await forward(stage, join(stage.folder, name));
  }
  return { mistakes: MISTAKES.length };
};

/** Stores that fail, with secrets around them. */
export const storing = async (stage: Stage): Promise<Readonly<Record<string, number>>> => {
  const exporters = { otlp_http: { ...settings, endpoint: 'http://127.0.0.1:1', retry: { enabled: false } } };
  const events = [eventOf(GOOD_LINES), eventOf(BROKEN_LINES)];
  writeFileSync(join(stage.folder, 'file'), '');
  const inTheWay = configFileIn(join(stage.folder, 'a'), {
    ...config({ dead_letter: { folder: { path: join(stage.folder, 'file') } } }),
    exporters,
  });
  await forward(stage, inTheWay, ...events);
  await redrive(stage, inTheWay);

  const s3 = await startFakeCollector({
    script: (request, index) => ({
      status: [403, 500, 200, 301][index % 4] ?? 400,
      headers: { 'content-type': 'application/xml' },
      body: `<Error><Code>SignatureDoesNotMatch</Code><Message>${JSON.stringify(request.headers)}</Message><AWSAccessKeyId>${SECRETS.awsKeyId}</AWSAccessKeyId></Error>`,
    }),
  });
  mkdirSync(join(stage.folder, 'b'), { recursive: true });
  for (const endpoint of [
    s3.url,
    s3.url.replace('://', `://u:${SECRET}@`),
    `${s3.url}/?token=${SECRET}`,
    'http://127.0.0.1:1',
  ]) {
    const file = configFileIn(join(stage.folder, 'b'), {
      ...config({ dead_letter: { s3: { bucket: 'bucket', region: 'eu-west-1', endpoint, force_path_style: true } } }),
      exporters,
    });
    await forward(stage, file, ...events);
    await redrive(stage, file);
  }
  await s3.close();
  return { requests: s3.requests.length };
};
