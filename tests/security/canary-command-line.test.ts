import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startFakeCloudWatchLogs } from '@serverless-otlp/testing/fake-cloudwatch-logs';
import { startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { afterAll, expect, it } from 'vitest';
import { ANSWERS } from './canary/answers.ts';
import { BROKEN_LINES, GOOD_LINES } from './canary/lines.ts';
import { leaksOf, type Said, say } from './canary/process.ts';
import { AUTHORIZATION, SECRETS, secretUrl } from './canary/secrets.ts';
import { storedFiles } from './stored-files.ts';

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'otlp-canary-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const INPUT = [...GOOD_LINES, ...BROKEN_LINES].join('\n');
const HEADERS = {
  OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(AUTHORIZATION)},x-api-key=${encodeURIComponent(SECRETS.header)}`,
};

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const expectSilence = ({ lines }: Said, words: RegExp): void => {
  expect(leaksOf(lines)).toEqual([]);
  const text = lines.join('\n');
  expect([text, words.test(text)]).toEqual([text, true]);
};

it('D27: forward, to collectors that repeat what they were sent', async () => {
  const answers = ['401', 'partial success'].map((name) => ANSWERS[name]);
  const runs = answers.map(async (script) => {
    const collector = await startFakeCollector(script === undefined ? {} : { script });
    const args = ['forward', '--endpoint', secretUrl(collector.url), '--json'];
    const said = await say([main, ...args], { env: HEADERS, input: INPUT });
    await collector.close();
    expect(collector.requests.length).toBeGreaterThan(0);
    expectSilence(said, /\[redacted\]/);
  });
  await Promise.all(runs);
});

it.each<[string, readonly string[], Readonly<Record<string, string>>, RegExp]>([
  ['help', ['forward', '--help'], HEADERS, /Examples:/],
  ['help of backfill', ['backfill', '--help'], HEADERS, /Examples:/],
  ['help of redrive', ['redrive', 'run', '--help'], HEADERS, /Examples:/],
  ['a store that is none', ['redrive', 'list', '--store', `https://u:${SECRETS.urlPassword}@h`], {}, /s3:\/\/bucket/],
  ['a URL that is none', ['forward', '--endpoint', `https//u:${SECRETS.urlPassword}@h`], {}, /--endpoint must be/],
  ['a header that is none', ['forward', '--header', `x y=${SECRETS.header}`], {}, /--header number 1/],
  ['a mistyped option', ['forward', `--headers=x-api-key=${SECRETS.header}`], {}, /unknown option/],
  ['a choice that is none', ['forward', '--protocol', SECRETS.header], {}, /is invalid/],
  [
    'a configuration with mistakes',
    [
      'forward',
      '--config',
      file(
        'a.yaml',
        `exporters: {otlp_http: {endpoint: '${SECRETS.configuration}', headers: '${SECRETS.configuration}'}}`,
      ),
    ],
    {},
    /exporters\.otlp_http\.headers: must be a mapping/,
  ],
  [
    'a configuration that is none',
    ['forward', '--config', file('b.yaml', `a: !${SECRETS.configuration} [`)],
    {},
    /YAML/,
  ],
])('D27: %s', async (_what, args, env, words) => {
  expectSilence(await say([main, ...args], { env }), words);
});

it('D27: redrive: list, show and run, of letters that came about with keys all around them', async () => {
  let works = false;
  const refusal = ANSWERS['401'];
  const collector = await startFakeCollector({
    script: (request) => (works || refusal === undefined ? {} : refusal(request)),
  });
  const pipeline = { exporters: ['otlp_http'] };
  const config = file(
    'redrive.json',
    JSON.stringify({
      exporters: {
        otlp_http: {
          endpoint: secretUrl(collector.url),
          headers: { 'x-api-key': SECRETS.header, authorization: AUTHORIZATION },
        },
      },
      dead_letter: { folder: { path: join(folder, 'redriven') } },
      service: { pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline } },
    }),
  );
  const cli = (...args: readonly string[]): Promise<Said> => say([main, ...args, '--config', config]);
  expectSilence(await say([main, 'forward', '--config', config, '--json'], { input: INPUT }), /redacted/);
  const keys = storedFiles(join(folder, 'redriven')).map(({ key }) => key);
  expect(keys.filter((key) => key.startsWith('pending/'))).toHaveLength(3);
  const [listed, shown, refused] = await Promise.all([
    cli('redrive', 'list', '--long'),
    cli('redrive', 'show', ...keys),
    cli('redrive', 'run', '--json'),
  ]);
  expectSilence(listed, /401.*redacted/);
  expectSilence(shown, /service\.name/);
  expectSilence(refused, /401/);
  works = true;
  expectSilence(await cli('redrive', 'run'), /\b3\b/);
  await collector.close();
});

it('D27: backfill, of an API that repeats the credentials, to a collector that repeats its own', async () => {
  const collector = await startFakeCollector(ANSWERS['401'] === undefined ? {} : { script: ANSWERS['401'] });
  const group = 'app';
  const events = [...GOOD_LINES, ...BROKEN_LINES].map((message, index) => ({
    eventId: String(index),
    logStreamName: 's',
    timestamp: Date.now() - 60_000,
    message,
  }));
  const echo = `The Canonical String should have been 'POST\n/\n\nx-amz-security-token:${SECRETS.awsToken}' of ${SECRETS.awsKeyId}`;
  const refusal = (type: string, status: number) => ({ status, body: { __type: type, message: echo } });
  const runs = [
    { groups: { [group]: { events } } },
    ...['InvalidSignatureException', 'AccessDeniedException'].map((type) => ({
      answer: () => refusal(type, 400),
    })),
  ].map(async (options, index) => {
    const logs = await startFakeCloudWatchLogs(options);
    const config = file(
      `backfill-${index}.json`,
      JSON.stringify({
        exporters: { otlp_http: { endpoint: secretUrl(collector.url), headers: { 'x-api-key': SECRETS.header } } },
        dead_letter: { folder: { path: join(folder, 'letters') } },
        service: { pipelines: { traces: { exporters: ['otlp_http'] } } },
      }),
    );
    const args = ['backfill', '--log-group', group, '--since', '1h', '--endpoint-url', logs.url, '--config', config];
    const said = await say([main, ...args, '--state', join(folder, `state-${index}`), '--json']);
    await logs.close();
    expect(leaksOf(said.lines)).toEqual([]);
    expect(said.lines.join('').length).toBeGreaterThan(10);
  });
  await Promise.all(runs);
  await collector.close();
  expect(collector.requests.length).toBeGreaterThan(0);
});
